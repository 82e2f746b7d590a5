using Atbb.AppView.Backfill;
using Atbb.Grains.Interfaces.Runs;

namespace Atbb.AppView.Tests;

public sealed class BackfillViewTests
{
    static RunProgress Run(RunStatus status) => new() { RunId = 2, Type = RunType.CatchUp, Status = status, Phase = RunPhase.Users, DidsDone = 68, DidsTotal = 68 };

    [Theory]
    [InlineData(RunStatus.Completed, "The index is whole but for 133 errors.")]
    [InlineData(RunStatus.Failed, "The last run has failed. The index is whole but for 133 errors.")]
    [InlineData(RunStatus.Cancelled, "The last run was cancelled. The index is whole but for 133 errors.")]
    public void Of_ARunThatHasEnded_SaysOfTheIndexWhatTheServiceSays(RunStatus status, string state)
    {
        var index = new IndexReport
        {
            Verdict = IndexVerdict.Lacking,
            Sentence = "The index is whole but for 133 errors.",
            OpenErrors = new Dictionary<string, long> { ["unreachable"] = 133 },
        };

        var view = BackfillView.Of(Run(status), index);

        Assert.Equal((state, "133"), (view.State, view.Errors));
    }
}
