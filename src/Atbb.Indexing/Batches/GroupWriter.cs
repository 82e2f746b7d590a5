using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Databases;
using Microsoft.Extensions.Logging;

namespace Atbb.Indexing.Batches;

/// <summary>One lane: writes groups of batches, a transaction each, and settles every batch of a group one way or another.</summary>
sealed partial class GroupWriter(IndexDatabase database, IRecordWriter writer, IndexMetrics metrics, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    const int MaxAttempts = 5;

    long transactions;

    /// <summary>Transactions committed.</summary>
    public long Transactions => Interlocked.Read(ref transactions);

    /// <summary>Writes a group. Never throws: errors go to the batches' callers.</summary>
    public async Task WriteAsync(IReadOnlyList<PendingBatch> group)
    {
        try
        {
            await WriteOrThrowAsync([.. group]);
        }
        catch (Exception e)
        {
            metrics.Failed();
            await writer.RollbackAsync();
            var error = database.Classify(e) is FaultClass.Unavailable or FaultClass.Conflict ? database.Unavailable(e) : e;
            foreach (var batch in group)
                batch.Fail(error);
        }
    }

    async Task WriteOrThrowAsync(List<PendingBatch> group)
    {
        for (var attempt = 1; group.Count > 0; attempt++)
        {
            ExceptionDispatchInfo refusal;
            try
            {
                if (await TryWriteAsync(group, alone: attempt > 1))
                    return;
                if (attempt < MaxAttempts)
                    continue;
                throw new InvalidOperationException("Targets moved although every other writer was kept out.");
            }
            catch (Exception e)
            {
                await writer.RollbackAsync();
                switch (database.Classify(e))
                {
                    case FaultClass.Conflict when attempt < MaxAttempts:
                        metrics.Repeated();
                        LogConflict(e, group.Count, attempt);
                        continue;
                    case FaultClass.Refused:
                        refusal = ExceptionDispatchInfo.Capture(e);
                        break;
                    default:
                        throw;
                }
            }

            await WriteWithoutRefusedAsync(group, refusal);
            return;
        }
    }

    // False: the world moved; the group, less the batches that were settled as stale, is to be tried again.
    async Task<bool> TryWriteAsync(List<PendingBatch> group, bool alone)
    {
        var began = time.GetTimestamp();
        using var activity = StartActivity(group);
        var plan = await PlanAsync(group, alone);
        var outcome = await writer.WriteAsync(plan);
        if (outcome.Stale.Count == 0 && !outcome.TargetsMoved)
        {
            await writer.CommitAsync();
            Interlocked.Increment(ref transactions);
            metrics.Committed(group, plan.Results, time.GetElapsedTime(began));
            for (var i = 0; i < group.Count; i++)
                group[i].Complete(plan.Results[i]);
            return true;
        }

        metrics.Repeated();
        await writer.RollbackAsync();
        foreach (var batch in group.Where(batch => outcome.Stale.Contains(batch.Repo.Did)))
            batch.Complete(new BatchResult(batch.Repo, default, [], IsStale: true));
        group.RemoveAll(batch => outcome.Stale.Contains(batch.Repo.Did));
        return group.Count == 0;
    }

    // The slow way: something in the group is refused. What the database is known to refuse is left out, and the group written again as it is. Where there is nothing of the kind,
    // each half is written as a group of its own, so that a bad batch costs the others a transaction for each halving and not one for each batch; in the one that is refused
    // when it is alone, the records at fault are found one by one.
    async Task WriteWithoutRefusedAsync(List<PendingBatch> group, ExceptionDispatchInfo refusal)
    {
        if (RefuseKnown(group, refusal.SourceException))
        {
            await WriteOrThrowAsync(group);
            return;
        }

        if (group.Count > 1)
        {
            var half = group.Count / 2;
            await WriteAsync(group[..half]);
            await WriteAsync(group[half..]);
            return;
        }

        var only = group[0];
        var plan = await PlanAsync(group, alone: true);
        var refused = await writer.FindRefusedAsync(plan);
        if (refused.Count == 0)
            // Not a record but the repository's own state: nothing to leave out.
            refusal.Throw();

        Refuse(only, [.. refused.Select(static found => (found.Row.Row, found.Message))], refusal.SourceException);
        await WriteOrThrowAsync(group);
    }

    // A host that fills its pages with such records would otherwise cost everybody the halvings and a try for each record, most of it under the lock that all writers share.
    // Looked for only when something was refused: while nothing is, no record is read for it.
    bool RefuseKnown(List<PendingBatch> group, Exception refusal)
    {
        var found = false;
        foreach (var batch in group)
        {
            var faults = new List<(RecordRow, string)>();
            foreach (var row in batch.Rows.Values)
                if (writer.FaultOf(row) is { } message)
                    faults.Add((row, message));
            if (faults.Count == 0)
                continue;

            Refuse(batch, faults, refusal);
            found = true;
        }

        return found;
    }

    void Refuse(PendingBatch batch, List<(RecordRow Row, string Message)> refused, Exception refusal)
    {
        LogRefused(batch.Repo.Did, batch.Batch.Collection, refused.Count, refusal);
        foreach (var (row, message) in refused)
            batch.Refuse(row, message);
    }

    async Task<WritePlan> PlanAsync(List<PendingBatch> group, bool alone)
    {
        var reading = await writer.BeginAsync(ReadRequest.For(group), alone);
        return WritePlanner.Plan(group, reading, writer.Ids, Now());
    }

    // A transaction is several callers': it stands in the first one's trace, and points at the others'.
    static Activity? StartActivity(List<PendingBatch> group)
    {
        if (!IndexingTelemetry.Activities.HasListeners())
            return null;

        var links = group.Skip(1).Where(static batch => batch.Caller != default).Select(static batch => new ActivityLink(batch.Caller));
        var activity = IndexingTelemetry.Activities.StartActivity("atbb.index.transaction", ActivityKind.Internal, group[0].Caller, links: links);
        activity?.SetTag("atbb.batches", group.Count);
        return activity;
    }

    // To the microsecond, which is what the databases keep: what is read back equals what was written.
    DateTime Now()
    {
        var now = time.GetUtcNow().UtcDateTime;
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    public ValueTask DisposeAsync() => writer.DisposeAsync();
}
