using System.Globalization;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Silo.Admin;
using Atbb.Silo.Progress;
using Spectre.Console;

namespace Atbb.Silo.Remote;

/// <summary>One run.</summary>
static class RunView
{
    const int WaitingShown = 5;

    /// <summary>Writes it.</summary>
    public static void Write(IAnsiConsole screen, RunAnswer run)
    {
        // One run at a time: before its end there is no other.
        var isFinished = run.ToProgress().IsFinished;
        screen.WriteLine($"Run {run.RunId}: {Words.Of(run.Type)}{(run.RetryOf is { } of ? $" of run {of}" : "")}, {Words.Of(run.Status)}");
        screen.Write(Words.Facts(
        [
            ("phase", run.Phase is (int)RunPhase.Forum ? "1 of 2, the forum's own repository" : "2 of 2, the users' repositories"),
            ("users", $"{Words.Of(run.DidsDone)} of {Words.Of(run.DidsTotal)}{(run.InFlight > 0 ? $", {Words.Of(run.InFlight)} being read" : "")}{(run.Deferred > 0 ? $", {Words.Of(run.Deferred)} waiting" : "")}{(run.DidsLeftOut > 0 ? $", {Words.Of(run.DidsLeftOut)} left out" : "")}"),
            ("records", $"{Words.Of(run.RecordsIndexed)} new, {Words.Of(run.RecordsUpdated)} updated, {Words.Of(run.RecordsUnchanged)} unchanged, {Words.Of(run.RecordsDeleted)} deleted"),
            ("errors", $"{Words.Of(run.RecordsFailed)}{(run.RecordsFailed > 0 ? $": atbb errors {run.RunId}{(isFinished ? $"; again: atbb retry {run.RunId}" : "")}" : "")}"),
            ("pace", string.Create(CultureInfo.InvariantCulture, $"{run.RecordsPerSecond:N0} records/s{(run.SecondsRemaining is { } left ? $", {Words.Of(TimeSpan.FromSeconds(left))} left" : "")}")),
            ("asked", $"{Words.Of(run.Requests)} requests, {Words.OfBytes(run.Bytes)}"),
            ("started", Words.Of(run.StartedAt)),
            ("ended", run.FinishedAt is { } end ? $"{Words.Of(end)}, after {Words.Of(TimeSpan.FromSeconds(run.WallSeconds ?? 0))}" : null),
            ("last error", run.LastError),
            .. run.Waiting.Take(WaitingShown).Select(waiting => (
                "waits", (string?)string.Create(CultureInfo.InvariantCulture, $"{waiting.Did}{ProgressText.AtHost(waiting)}{(ProgressText.HasATime(waiting) ? $" until {waiting.NextAttemptAt.UtcDateTime:HH:mm:ss}Z" : "")}: {waiting.Reason}"))),
        ]));
    }
}
