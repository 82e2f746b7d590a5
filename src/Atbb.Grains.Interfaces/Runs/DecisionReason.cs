namespace Atbb.Grains.Interfaces.Runs;

/// <summary>Why. Logged and shown in snake case: <c>no_cursor</c>, <c>db_query_failed</c>, and so on.</summary>
[GenerateSerializer, Alias("atbb.DecisionReason")]
public enum DecisionReason
{
    /// <summary>The live stream has never been read, or its cursor was wiped.</summary>
    NoCursor,

    /// <summary>The index could not be asked.</summary>
    DbQueryFailed,

    /// <summary>There is a cursor, but the forum's own record (rkey <c>self</c>) is not in the index.</summary>
    DbInconsistency,

    /// <summary>The stream no longer replays from the cursor on: events are lost in between.</summary>
    CursorTooOld,

    /// <summary>The stream still replays from the cursor on.</summary>
    CursorFresh,
}
