using Atbb.Indexing.Repos;

namespace Atbb.Indexing.Batches;

/// <summary>Everything one transaction writes, and what each of its batches comes to.</summary>
sealed class WritePlan
{
    /// <summary>The moment of the transaction (UTC).</summary>
    public required DateTime Now { get; init; }

    /// <summary>How often rows had been removed when this plan was made.</summary>
    public required long Removals { get; init; }

    /// <summary>By batch.</summary>
    public List<BatchResult> Results { get; } = [];

    /// <summary>The repositories' new states, by DID: two processes that write the same ones lock them in the same order.</summary>
    public List<RepoState> Repos { get; } = [];

    public List<(string Did, CollectionState State)> Cursors { get; } = [];

    public List<(string Did, string Collection)> RemovedCursors { get; } = [];

    public List<UserRow> Users { get; } = [];

    public List<TableWrite> Tables { get; } = [];

    public List<ErrorWrite> Errors { get; } = [];

    public List<(long RunId, string Did, ErrorKey Key)> ClearedErrors { get; } = [];

    /// <summary>Whether rows that others can see are touched.</summary>
    public bool TouchesExistingRows => Tables.Exists(table => table.Removed.Count > 0 || table.Rows.Exists(row => !row.IsNew));

    public bool RemovesRows => Tables.Exists(table => table.Removed.Count > 0);

    public bool AddsRows => Tables.Exists(table => table.Rows.Exists(row => row.IsNew));
}
