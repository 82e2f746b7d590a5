using System.Globalization;
using Atbb.Grains.Interfaces.Runs;

namespace Atbb.AppView.Backfill;

/// <summary>The state of the backfill in words, the same for the page as it is sent and for its script.</summary>
/// <param name="State">One sentence.</param>
/// <param name="IsRunning">Whether there is a bar to show.</param>
/// <param name="Done">Repositories read.</param>
/// <param name="Total">Repositories to read; at least 1, as a bar wants it.</param>
/// <param name="Run">Which run, and since when.</param>
/// <param name="Repositories">Repositories in words.</param>
/// <param name="Records">Records in words.</param>
/// <param name="Errors">What is missing in the index.</param>
public sealed record BackfillView(string State, bool IsRunning, long Done, long Total, string Run, string Repositories, string Records, string Errors)
{
    const string Nothing = "–";

    /// <summary>The service does not answer.</summary>
    public static BackfillView Away { get; } = Empty("The service cannot be reached. What is shown here is the index as it was left.");

    /// <summary>The service has been asked, and has not answered yet.</summary>
    public static BackfillView Asking { get; } = Empty("The service is being asked.");

    /// <summary>There has been no run.</summary>
    public static BackfillView Never { get; } = Empty("There has been no run yet.");

    /// <param name="run">The current run, or the last one; null when there has been none.</param>
    /// <param name="index">Once it has ended: what the service says of the index. A run's own state says nothing of what others have left out.</param>
    public static BackfillView Of(RunProgress? run, IndexReport? index = null) => run is null ? Never : new(
        run.Status switch
        {
            RunStatus.InProgress when run.Phase is RunPhase.Forum => "Reading the forum’s own repository.",
            RunStatus.InProgress => run.Remaining is { } remaining ? $"Reading the members’ repositories: about {Roughly(remaining)} to go." : "Reading the members’ repositories.",
            RunStatus.Paused => "Paused.",
            RunStatus.Completed => index?.Sentence ?? "The last run has completed.",
            RunStatus.Failed => $"The last run has failed. {index?.Sentence}".TrimEnd(),
            RunStatus.Cancelled => $"The last run was cancelled. {index?.Sentence}".TrimEnd(),
            _ => throw new ArgumentOutOfRangeException(nameof(run)),
        },
        run.Status is RunStatus.InProgress or RunStatus.Paused,
        run.DidsDone,
        Math.Max(1, run.DidsTotal),
        string.Create(CultureInfo.InvariantCulture, $"{run.RunId} ({Kind(run.Type)}), since {run.StartedAt.UtcDateTime:d MMM yyyy, HH:mm} UTC"),
        run.DidsTotal == 0 ? Nothing : string.Create(CultureInfo.InvariantCulture, $"{run.DidsDone:N0} of {run.DidsTotal:N0}"),
        string.Create(CultureInfo.InvariantCulture, $"{run.Counts.Records:N0} looked at, {run.Counts.Indexed:N0} new"),
        (index?.OpenErrorCount ?? run.Counts.Failed).ToString("N0", CultureInfo.InvariantCulture));

    static BackfillView Empty(string state) => new(state, false, 0, 1, Nothing, Nothing, Nothing, Nothing);

    static string Kind(RunType type) => type switch
    {
        RunType.CatchUp => "catch-up",
        RunType.FullSync => "full sync",
        RunType.Retry => "retry",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    static string Roughly(TimeSpan time) =>
        time < TimeSpan.FromMinutes(1) ? "a minute" : time < TimeSpan.FromHours(2) ? $"{Math.Ceiling(time.TotalMinutes)} minutes" : $"{Math.Round(time.TotalHours)} hours";
}
