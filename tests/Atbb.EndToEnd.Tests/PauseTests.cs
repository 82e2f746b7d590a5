using Atbb.EndToEnd.Tests.Processes;
using Atbb.EndToEnd.Tests.Truth;
using Atbb.Indexing.Databases;

namespace Atbb.EndToEnd.Tests;

/// <summary>A signal pauses a run in the foreground; the same command goes on with it.</summary>
public sealed class PauseTests
{
    // Answered while the signal is on its way: some of them are being written when it comes.
    const int OnTheWay = 8;

    [Theory]
    [InlineData("INT", DatabaseKind.Sqlite)]
    [InlineData("INT", DatabaseKind.PostgreSql)]
    [InlineData("TERM", DatabaseKind.Sqlite)]
    public async Task Backfill_Signalled_PausesAndTheSameCommandGoesOn(string signal, DatabaseKind kind)
    {
        var random = Chance.For($"pause {signal} {kind}");
        await using var it = await ForumCase.CreateAsync(kind, ForumCase.Size, "Backfill:Concurrency=4");
        it.Pds.Latency = TimeSpan.FromMilliseconds(20);
        var page = random.Next(1, 60);
        var moment = new KillMoment(page, Answered: true);
        Chance.Say($"signalled with {moment}");
        var comes = moment.ComesAsync(it.Pds.Log, PageListing.UserCollections, TestContext.Current.CancellationToken);
        // The run does not come to its end before the signal comes to the run.
        using var held = HeldPages.After(it.Pds, page + OnTheWay, PageListing.UserCollections);

        await using var paused = it.Site.Backfill("full_sync", it.Dids);
        await Task.WhenAny(comes, paused.Ended).WaitAsync(AtbbProcess.Patience, TestContext.Current.CancellationToken);
        await paused.SignalAsync(signal);
        var code = await paused.ExitAsync();
        held.LetGo();

        Assert.True(code == 130, $"{paused}");
        var half = paused.Figures();
        Assert.Equal("paused", half.Status);
        Assert.Equal(130, half.ExitCode);
        Assert.Contains("same command goes on", paused.Output, StringComparison.Ordinal);

        await using var last = it.Site.Backfill("full_sync", it.Dids);
        Assert.True(await last.ExitAsync() == 0, $"{last}");
        Assert.True(last.Figures().Resumed, $"{last}");
        Assert.Equal(half.RunId, last.Figures().RunId);
        await it.AssertIndexAsync(last.Figures(), before: null, $"{moment}\n{last}");
        var differences = new Differences();
        ProcessLife.CompareRepeats(ProcessLife.Of(it.Pds.Log.Snapshot(), [paused.StartedAt, last.StartedAt]), concurrency: 4, did => it.Forum.Repos.Single(repo => repo.Did == did), differences);
        differences.AssertNone($"{moment}\n{last}");
    }
}
