using System.Data.Common;
using Atbb.Indexing.Databases;

namespace Atbb.Indexing.Repos;

/// <summary>Rows of <c>repos</c> and <c>repo_cursors</c> as they come from either database.</summary>
static class RepoRow
{
    /// <summary>How many columns <see cref="ReadState"/> reads.</summary>
    public const int StateColumns = 22;

    /// <summary>How many columns <see cref="ReadCursor"/> reads.</summary>
    public const int CursorColumns = 7;

    /// <summary>Reads a state's own columns, from pds to moves.</summary>
    public static RepoState ReadState(DbDataReader row, string did) => new()
    {
        Did = did,
        Pds = Text(row, 0),
        Handle = Text(row, 1),
        IdentityAt = Time(row, 2),
        Rev = Text(row, 3),
        Status = RepoNames.Status(row.GetString(4)),
        RunId = row.IsDBNull(5) ? null : row.GetInt64(5),
        Phase = row.GetInt32(6),
        IsSettled = row.GetBoolean(7),
        Counts = ReadCounts(row, 8),
        Attempts = row.GetInt32(15),
        RetryAfter = Time(row, 16),
        LastError = Text(row, 17),
        SyncedAt = Time(row, 18),
        Version = row.GetInt64(19),
        FoundByRun = row.IsDBNull(20) ? null : row.GetInt64(20),
        Moves = row.GetInt32(21),
    };

    /// <summary>Reads records_indexed, records_updated, records_unchanged, records_deleted, records_failed, requests, bytes, beginning at a column.</summary>
    public static RepoCounts ReadCounts(DbDataReader row, int first) => new(
        row.GetInt64(first), row.GetInt64(first + 1), row.GetInt64(first + 2), row.GetInt64(first + 3), row.GetInt64(first + 4), row.GetInt64(first + 5), row.GetInt64(first + 6));

    /// <summary>Reads collection, run_id, cursor, last_rkey, listing_order, is_complete, rev, beginning at a column.</summary>
    public static CollectionState ReadCursor(DbDataReader row, int first) => new()
    {
        Collection = row.GetString(first),
        RunId = row.GetInt64(first + 1),
        Cursor = Text(row, first + 2),
        LastRkey = Text(row, first + 3),
        Order = RepoNames.Order(row.GetString(first + 4)),
        IsComplete = row.GetBoolean(first + 5),
        Rev = Text(row, first + 6),
    };

    public static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    static DateTimeOffset? Time(DbDataReader row, int column) => row.IsDBNull(column) ? null : StoredTime.Read(row.GetValue(column));
}
