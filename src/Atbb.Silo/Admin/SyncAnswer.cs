using Atbb.Grains.Interfaces.Repos;
using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Silo.Admin;

/// <summary>What came of reading a repository by hand.</summary>
/// <param name="Outcome"><c>completed</c>, <c>gone</c>, <c>given_up</c>, <c>left_out</c> (a setting says so), <c>parked</c> (not to be had for now), or <c>more</c> (ask again to go on).</param>
/// <param name="Reason">Why it is not completed.</param>
/// <param name="Message">What came of it and what to do, in a sentence.</param>
/// <param name="Until">When it is asked again by itself, if it is parked.</param>
/// <param name="AskedAgainBy">If it is parked: the unfinished run that has it before it too, if there is one. Without one it goes on by itself as well.</param>
/// <param name="Counts">What it came to.</param>
/// <param name="Repo">The repository, as it is known now.</param>
sealed record SyncAnswer(
    string Outcome, string? Reason, string Message, DateTimeOffset? Until, long? AskedAgainBy, SyncCounts Counts, RepoAnswer Repo)
{
    /// <summary>The answer.</summary>
    /// <param name="slice">What came of it.</param>
    /// <param name="repo">The repository afterwards.</param>
    /// <param name="runAtIt">The unfinished run that has it before it, if any.</param>
    public static SyncAnswer Of(RepoSlice slice, RepoReport repo, long? runAtIt)
    {
        var known = RepoAnswer.Of(repo);
        return slice.Outcome switch
        {
            RepoOutcome.Completed or RepoOutcome.Unchanged when slice.Counts.Failed > 0 => new(
                "completed", null, $"Read in full; {slice.Counts.Failed} of its records are not in the index, and its errors say why.", null, null, slice.Counts, known),
            RepoOutcome.Completed or RepoOutcome.Unchanged => new("completed", null, "Read in full.", null, null, slice.Counts, known),
            RepoOutcome.More => new("more", "It is large.", "It is large and not read to its end: ask again to go on.", null, null, slice.Counts, known),
            RepoOutcome.Parked parked => new("parked", parked.Reason, MessageOf(parked, runAtIt), parked.Until, runAtIt, slice.Counts, known),
            RepoOutcome.Gone gone => new("gone", gone.Reason, $"There is nothing to read: the account is {gone.Status}.", null, null, slice.Counts, known),
            RepoOutcome.GivenUp givenUp => new("given_up", givenUp.Reason, "It was not read, and has an error that says why.", null, null, slice.Counts, known),
            RepoOutcome.LeftOut leftOut => new("left_out", leftOut.Reason, $"It was not read. {leftOut.Reason} Take it out there, and restart the service, to have it read.", null, null, slice.Counts, known),
            _ => throw new InvalidOperationException($"There is no answer for {slice.Outcome}."),
        };
    }

    static string MessageOf(RepoOutcome.Parked parked, long? runAtIt)
    {
        var whom = parked.Host is null ? "It" : $"{parked.Host} does not give it out for now: it";
        return runAtIt is { } run
            ? $"{whom} was not read to its end. It goes on by itself after {parked.Until:O}, and run {run} is at it too."
            : $"{whom} was not read to its end. It goes on by itself after {parked.Until:O}, as often as in a run; what it cannot read in the end becomes an error of run 0.";
    }
}
