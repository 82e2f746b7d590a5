using Atbb.Grains.Interfaces.Runs;
using Atbb.Indexing.Runs;

namespace Atbb.Grains.Runs;

/// <summary>A run as its row shows it, and back.</summary>
static class RunRows
{
    static readonly (RunStatus Status, string Name)[] Statuses =
    [
        (RunStatus.InProgress, "in_progress"),
        (RunStatus.Paused, "paused"),
        (RunStatus.Completed, "completed"),
        (RunStatus.Failed, "failed"),
        (RunStatus.Cancelled, "cancelled"),
    ];

    static readonly (RunType Type, string Name)[] Types = [(RunType.CatchUp, "catch_up"), (RunType.FullSync, "full_sync"), (RunType.Retry, "retry")];

    /// <summary>The name of a status in <c>backfill_progress.status</c>.</summary>
    public static string StatusOf(RunStatus status) => Statuses.Single(s => s.Status == status).Name;

    /// <summary>The name of a type in <c>backfill_progress.backfill_type</c>.</summary>
    public static string TypeOf(RunType type) => Types.Single(t => t.Type == type).Name;

    /// <summary>The row of a run.</summary>
    public static RunRow FromProgress(RunProgress progress, DateTimeOffset now) => new()
    {
        Id = progress.RunId,
        Status = StatusOf(progress.Status),
        BackfillType = TypeOf(progress.Type),
        RetryOf = progress.RetryOf,
        Phase = (int)progress.Phase,
        LastProcessedDid = progress.LowWaterMark,
        DidsTotal = progress.DidsTotal,
        DidsProcessed = progress.DidsDone,
        DidsDeferred = progress.Deferred,
        DidsLeftOut = progress.Counts.LeftOut,
        RecordsIndexed = progress.Counts.Indexed,
        RecordsUpdated = progress.Counts.Updated,
        RecordsUnchanged = progress.Counts.Unchanged,
        RecordsDeleted = progress.Counts.Deleted,
        RecordsFailed = progress.Counts.Failed,
        Requests = progress.Counts.Requests,
        Bytes = progress.Counts.Bytes,
        StartedAt = progress.StartedAt,
        UpdatedAt = now,
        CompletedAt = progress.FinishedAt,
        ErrorMessage = progress.LastError,
    };

    /// <summary>A run of the past.</summary>
    public static RunProgress ToProgress(RunRow row)
    {
        var counts = new SyncCounts(
            row.RecordsIndexed, row.RecordsUpdated, row.RecordsUnchanged, row.RecordsDeleted, row.RecordsFailed, row.Requests, row.Bytes, row.DidsLeftOut);
        var end = row.CompletedAt ?? row.UpdatedAt;
        return new RunProgress
        {
            RunId = row.Id,
            Type = Types.Single(t => t.Name == row.BackfillType).Type,
            RetryOf = row.RetryOf,
            Status = Statuses.Single(s => s.Name == row.Status).Status,
            Phase = (RunPhase)row.Phase,
            DidsDone = row.DidsProcessed,
            DidsTotal = row.DidsTotal,
            Counts = counts,
            RecordsPerSecond = counts.Records / Math.Max((end - row.StartedAt).TotalSeconds, 0.001),
            StartedAt = row.StartedAt,
            FinishedAt = row.CompletedAt,
            LowWaterMark = row.LastProcessedDid,
            LastError = row.ErrorMessage,
        };
    }

    /// <summary>An error as callers of the grain know it.</summary>
    public static RunError ToError(RunErrorRow row) =>
        new(row.Id, row.Did, row.Collection, row.Uri, row.Cid, row.Kind, row.ErrorMessage, row.Attempts, row.CreatedAt, row.BackfillId);
}
