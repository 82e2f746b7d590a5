using Atbb.Grains.Interfaces.Repos;
using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Silo.Admin;

/// <summary>What came of reading a repository by hand.</summary>
/// <param name="Outcome"><c>completed</c>, <c>gone</c>, <c>given_up</c>, <c>parked</c> (not to be had for now), or <c>more</c> (ask again to go on).</param>
/// <param name="Reason">Why it is not completed.</param>
/// <param name="Until">When asking again makes sense, if it is parked.</param>
/// <param name="Counts">What it came to.</param>
/// <param name="Repo">The repository, as it is known now.</param>
sealed record SyncAnswer(string Outcome, string? Reason, DateTimeOffset? Until, SyncCounts Counts, RepoReport Repo)
{
    public static SyncAnswer Of(RepoSlice slice, RepoReport repo) => slice.Outcome switch
    {
        RepoOutcome.Completed or RepoOutcome.Unchanged => new("completed", null, null, slice.Counts, repo),
        RepoOutcome.More => new("more", "It is large: ask again to go on.", null, slice.Counts, repo),
        RepoOutcome.Parked parked => new("parked", parked.Reason, parked.Until, slice.Counts, repo),
        RepoOutcome.Gone gone => new("gone", gone.Reason, null, slice.Counts, repo),
        RepoOutcome.GivenUp givenUp => new("given_up", givenUp.Reason, null, slice.Counts, repo),
        _ => throw new InvalidOperationException($"There is no answer for {slice.Outcome}."),
    };
}
