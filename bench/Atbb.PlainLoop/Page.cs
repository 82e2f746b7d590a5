using Atbb.Indexing.Collections;

namespace Atbb.PlainLoop;

/// <summary>A page's rows on their way into the index, and who waits for them.</summary>
sealed record Page(string Did, RecordCollection Collection, IReadOnlyList<RecordRow> Rows)
{
    public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
