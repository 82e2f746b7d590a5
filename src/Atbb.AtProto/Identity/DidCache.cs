using System.Diagnostics.CodeAnalysis;
using Atbb.AtProto.Syntax;

namespace Atbb.AtProto.Identity;

/// <summary>The documents read last, so many at most; the one that was not asked for the longest makes room.</summary>
sealed class DidCache(int capacity)
{
    readonly Lock sync = new();
    readonly Dictionary<Did, LinkedListNode<DidDocument>> documents = [];
    readonly LinkedList<DidDocument> byUse = new();

    /// <summary>
    /// Finds a document that was read at <paramref name="notBefore"/> or later, and not after <paramref name="now"/>: of that one, read before the clock
    /// was set back, nobody can tell how old it is.
    /// </summary>
    public bool TryGet(Did did, DateTimeOffset notBefore, DateTimeOffset now, [NotNullWhen(true)] out DidDocument? document)
    {
        lock (sync)
        {
            document = null;
            if (!documents.TryGetValue(did, out var node) || node.Value.ReadAt < notBefore || node.Value.ReadAt > now)
                return false;

            byUse.Remove(node);
            byUse.AddFirst(node);
            document = node.Value;
            return true;
        }
    }

    /// <summary>Keeps a document in place of the one before.</summary>
    public void Put(DidDocument document)
    {
        lock (sync)
        {
            Forget(document.Did);
            if (documents.Count == capacity && byUse.Last is { } oldest)
                Forget(oldest.Value.Did);
            if (capacity > 0)
                documents.Add(document.Did, byUse.AddFirst(document));
        }
    }

    /// <summary>Drops a document: what it says is known to be no longer true.</summary>
    public void Remove(Did did)
    {
        lock (sync)
            Forget(did);
    }

    void Forget(Did did)
    {
        if (documents.Remove(did, out var node))
            byUse.Remove(node);
    }
}
