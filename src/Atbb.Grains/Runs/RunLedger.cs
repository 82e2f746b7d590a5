using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Grains.Runs;

/// <summary>
/// Which repositories of a phase are settled, and what they came to. Repositories are opened round after round, in each in the order of their
/// DIDs, and settled in any order; the ledger knows the low-water mark and the exact counts up to it.
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
    public RunLedger(string? lowWaterMark, long done, SyncCounts counts, int round = 0)
    {
        stretches.AddFirst(new Stretch { Reaches = (round, lowWaterMark), Done = done, Counts = counts });
        Frontier = lowWaterMark;
        Round = round;
        Done = done;
        Counts = counts;
    }

    /// <summary>The greatest DID of the round at the mark such that every DID up to it, and every round before, is settled; null when there is none yet.</summary>
    public string? LowWaterMark => stretches.First!.Value.Reaches.Did;

    /// <summary>The round that the low-water mark stands in.</summary>
    public int RoundAtMark => stretches.First!.Value.Reaches.Round;

    /// <summary>Repositories settled up to the low-water mark.</summary>
    public long DoneAtMark => stretches.First!.Value.Done;

    /// <summary>What those came to.</summary>
    public SyncCounts CountsAtMark => stretches.First!.Value.Counts;

    /// <summary>The last round that was entered.</summary>
    public int Round { get; private set; }

    /// <summary>The greatest DID opened in that round; null when there is none yet.</summary>
    public string? Frontier { get; private set; }

    /// <summary>Repositories settled, wherever they stand.</summary>
    public long Done { get; private set; }

    /// <summary>What all settled repositories came to.</summary>
    public SyncCounts Counts { get; private set; }

    /// <summary>Repositories opened and not settled.</summary>
    public int OpenCount => open.Count;

    /// <summary>Goes on to a round, be everything before it settled or not.</summary>
    /// <param name="round">Which.</param>
    /// <param name="spent">What the step itself has cost. It counts where the mark has passed the step, and so once.</param>
    public void Enter(int round, SyncCounts spent)
    {
        var last = stretches.Last!.Value;
        last.Reaches = (round, null);
        last.Counts += spent;
        Counts += spent;
        (Round, Frontier) = (round, null);
    }

    /// <summary>Opens a repository, or passes by one that is still open from an earlier round.</summary>
    /// <returns>Whether it was not open.</returns>
    /// <exception cref="InvalidOperationException">Its DID does not come after the frontier: the enumeration is out of order.</exception>
    public bool Open(string did)
    {
        if (Frontier is not null && string.CompareOrdinal(did, Frontier) <= 0)
            throw new InvalidOperationException($"{did} was opened after {Frontier}: repositories must be opened in the order of their DIDs.");

        Frontier = did;
        if (open.ContainsKey(did))
            return false;

        open.Add(did, stretches.AddLast(new Stretch { Reaches = (Round, did) }));
        return true;
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
        below.Reaches = node.Value.Reaches;
        stretches.Remove(node);

        Done++;
        Counts += counts;
        return true;
    }

    /// <summary>An open repository (the first one stands for what lies below all open ones) and what is settled between it and the next.</summary>
    sealed class Stretch
    {
        // How far everything is settled once this repository and those before it are.
        public (int Round, string? Did) Reaches { get; set; }

        public long Done { get; set; }

        public SyncCounts Counts { get; set; }
    }
}
