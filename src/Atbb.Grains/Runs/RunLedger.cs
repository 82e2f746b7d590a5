using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Grains.Runs;

/// <summary>
/// Which repositories of a phase are settled, and what they came to. Repositories are opened in the order of their DIDs and settled
/// in any order; the ledger knows the low-water mark and the exact counts up to it.
/// </summary>
/// <remarks>
/// It holds one entry for each open repository, not for each settled one: what is settled is added to the nearest open repository
/// below it, so a forum of any size costs no more memory than the window is wide.
/// </remarks>
sealed class RunLedger
{
    readonly LinkedList<Stretch> stretches = [];
    readonly Dictionary<string, LinkedListNode<Stretch>> open = new(StringComparer.Ordinal);

    /// <summary>Goes on from a checkpoint.</summary>
    public RunLedger(string? lowWaterMark, long done, SyncCounts counts)
    {
        stretches.AddFirst(new Stretch { LastSettled = lowWaterMark, Done = done, Counts = counts });
        Frontier = lowWaterMark;
        Done = done;
        Counts = counts;
    }

    /// <summary>The greatest DID such that every DID up to it is settled; null when there is none yet.</summary>
    public string? LowWaterMark => stretches.First!.Value.LastSettled;

    /// <summary>Repositories settled up to the low-water mark.</summary>
    public long DoneAtMark => stretches.First!.Value.Done;

    /// <summary>What those came to.</summary>
    public SyncCounts CountsAtMark => stretches.First!.Value.Counts;

    /// <summary>The greatest DID opened; null when there is none yet.</summary>
    public string? Frontier { get; private set; }

    /// <summary>Repositories settled, wherever they stand.</summary>
    public long Done { get; private set; }

    /// <summary>What all settled repositories came to.</summary>
    public SyncCounts Counts { get; private set; }

    /// <summary>Repositories opened and not settled.</summary>
    public int OpenCount => open.Count;

    /// <summary>Opens a repository.</summary>
    /// <exception cref="InvalidOperationException">Its DID does not come after the frontier: the enumeration is out of order.</exception>
    public void Open(string did)
    {
        if (Frontier is not null && string.CompareOrdinal(did, Frontier) <= 0)
            throw new InvalidOperationException($"{did} was opened after {Frontier}: repositories must be opened in the order of their DIDs.");

        open.Add(did, stretches.AddLast(new Stretch()));
        Frontier = did;
    }

    /// <summary>Settles a repository. Idempotent: the same DID twice counts once.</summary>
    /// <returns>Whether it was open.</returns>
    public bool Settle(string did, SyncCounts counts)
    {
        if (!open.Remove(did, out var node))
            return false;

        var below = node.Previous!.Value;
        below.Done += node.Value.Done + 1;
        below.Counts += node.Value.Counts + counts;
        below.LastSettled = node.Value.LastSettled ?? did;
        stretches.Remove(node);

        Done++;
        Counts += counts;
        return true;
    }

    /// <summary>An open repository (the first one stands for what lies below all open ones) and what is settled between it and the next.</summary>
    sealed class Stretch
    {
        public string? LastSettled { get; set; }

        public long Done { get; set; }

        public SyncCounts Counts { get; set; }
    }
}
