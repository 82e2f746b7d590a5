using System.Diagnostics.Metrics;
using Atbb.Grains.Interfaces.Repos;

namespace Atbb.Grains.Repos;

/// <summary>How the reading of repositories goes.</summary>
sealed class RepoMetrics
{
    readonly Counter<long> slices;
    readonly Histogram<double> durations;
    readonly Counter<long> settledByListing;

    public RepoMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(GrainsTelemetry.Name);
        slices = meter.CreateCounter<long>("atbb.repo.slices", "{slice}", "Times that a repository was read on, by outcome: a repository takes one or several.");
        durations = meter.CreateHistogram<double>("atbb.repo.slice.duration", "s", "How long a repository was read on at a time.");
        settledByListing = meter.CreateCounter<long>("atbb.repo.settled_by_listing", "{repository}", "Repositories that their host's listing has shown to be unchanged, and that need not be read on.");
    }

    /// <summary>A repository was read on.</summary>
    public void Read(RepoOutcome outcome, TimeSpan took)
    {
        slices.Add(1, new KeyValuePair<string, object?>("outcome", NameOf(outcome)));
        durations.Record(took.TotalSeconds);
    }

    /// <summary>Repositories are settled without being read on.</summary>
    public void SettledByListing(int repositories) => settledByListing.Add(repositories);

    /// <summary>The name of an outcome, in labels and traces.</summary>
    public static string NameOf(RepoOutcome outcome) => outcome switch
    {
        RepoOutcome.Completed => "completed",
        RepoOutcome.Unchanged => "unchanged",
        RepoOutcome.Parked => "parked",
        RepoOutcome.Gone => "gone",
        RepoOutcome.GivenUp => "given_up",
        RepoOutcome.LeftOut => "left_out",
        RepoOutcome.More => "more",
        _ => throw new InvalidOperationException($"There is no name for the outcome {outcome}."),
    };
}
