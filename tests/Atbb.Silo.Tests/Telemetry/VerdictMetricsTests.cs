using System.Diagnostics.Metrics;
using Atbb.Grains;
using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Runs;
using Atbb.Sample;
using Atbb.Silo.Telemetry;
using Atbb.Silo.Tests.Admin;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Atbb.Silo.Tests.Telemetry;

[Collection(OneAfterAnother.Name)]
public sealed class VerdictMetricsTests : IAsyncLifetime
{
    static readonly RunsOfStatus Completed = new() { Status = "completed", Count = 1, LastId = 1, UpdatedAt = default };

    readonly FakeTimeProvider time = new();
    readonly ServiceProvider meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
    AdminSite site = null!;

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => site = await AdminSite.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await site.DisposeAsync();
        await meters.DisposeAsync();
    }

    [Fact]
    public async Task Whole_RunOrTimeGoneBy_IsJudgedAnewAndNotInBetween()
    {
        var factory = meters.GetRequiredService<IMeterFactory>();
        using var whole = new MetricCollector<int>(factory, "Atbb.Silo", "atbb.index.whole");
        using var gaps = new MetricCollector<int>(factory, "Atbb.Silo", "atbb.index.gaps");
        using var open = new MetricCollector<long>(factory, "Atbb.Silo", "atbb.index.open_errors");
        var services = site.App.Services;
        var metrics = new VerdictMetrics(services.GetRequiredService<IGrainFactory>(), services.GetRequiredService<IOptions<ForumOptions>>(), factory, time, NullLogger<VerdictMetrics>.Instance);
        Assert.Empty(Read(whole));

        await metrics.RefreshAsync([], Ends);
        Assert.Equal(0, Assert.Single(Read(whole)).Value);
        Assert.Equal(
            [("never_read", 1), ("run_reading", 0), ("run_paused", 0), ("full_sync_cancelled", 0), ("full_sync_failed", 0)],
            Read(gaps).Select(of => ((string)of.Tags["gap"]!, of.Value)));
        Assert.Equal(FailureKinds.All.Select(kind => (kind, 0L)), Read(open).Select(of => ((string)of.Tags["kind"]!, of.Value)));

        await site.FullSyncAsync();
        await metrics.RefreshAsync([], Ends);
        Assert.Equal(0, Assert.Single(Read(whole)).Value);
        await metrics.RefreshAsync([Completed], Ends);
        Assert.Equal(1, Assert.Single(Read(whole)).Value);

        // By hand: no run says that something has changed.
        site.Forum.Users[0].Add(ForumRecords.Post, """{"$type":"space.atbb.post","text":7,"createdAt":"2026-01-01T00:00:00Z"}""");
        await site.SendAsync(HttpMethod.Post, $"{AdminSite.Repos}{site.Forum.Users[0].Did}/sync");
        await metrics.RefreshAsync([Completed with { UpdatedAt = time.GetUtcNow() }], Ends);
        Assert.Equal(1, Assert.Single(Read(whole)).Value);
        time.Advance(TimeSpan.FromMinutes(5));
        await metrics.RefreshAsync([Completed], Ends);
        Assert.Equal(0, Assert.Single(Read(whole)).Value);
        Assert.All(Read(gaps), of => Assert.Equal(0, of.Value));
        Assert.Equal([("wrong_type_field", 1L)], Read(open).Where(of => of.Value > 0).Select(of => ((string)of.Tags["kind"]!, of.Value)));

        // The database is away: what was true may no longer be.
        await metrics.RefreshAsync(runs: null, Ends);
        Assert.Empty(Read(whole));
        Assert.Empty(Read(gaps));
        Assert.Empty(Read(open));
    }

    /// <summary>An index that takes longer to be judged than anybody waits for.</summary>
    [Fact]
    public async Task Whole_JudgedSlowly_IsSaidOnceItIsKnownAndAskedForAnewWhereTheRunsHaveChanged()
    {
        var factory = meters.GetRequiredService<IMeterFactory>();
        using var whole = new MetricCollector<int>(factory, "Atbb.Silo", "atbb.index.whole");
        var backfill = new SlowJudge();
        var metrics = new VerdictMetrics(backfill.Grains, Options.Create(new ForumOptions { Did = "did:plc:forum" }), factory, time, NullLogger<VerdictMetrics>.Instance);

        async Task GiveUpAsync(RunsOfStatus run)
        {
            var asking = metrics.RefreshAsync([run], Ends);
            time.Advance(TimeSpan.FromSeconds(4));
            await asking;
        }

        await GiveUpAsync(Completed);
        Assert.Empty(Read(whole));
        time.Advance(TimeSpan.FromMinutes(1));
        backfill.Answer(IndexVerdict.Whole);
        await metrics.RefreshAsync([Completed], Ends);
        Assert.Equal((1, 1), (Assert.Single(Read(whole)).Value, backfill.Asked));

        // Of the runs before: it is shown, and the next look asks anew.
        time.Advance(TimeSpan.FromMinutes(5));
        await GiveUpAsync(Completed);
        backfill.Answer(IndexVerdict.Whole);
        var failed = Completed with { Status = "failed", LastId = 2 };
        await metrics.RefreshAsync([failed], Ends);
        Assert.Equal((1, 2), (Assert.Single(Read(whole)).Value, backfill.Asked));
        await GiveUpAsync(failed);
        Assert.Equal((0, 3), (Read(whole).Count, backfill.Asked));
    }

    static IReadOnlyList<CollectedMeasurement<T>> Read<T>(MetricCollector<T> collector)
        where T : struct
    {
        collector.Clear();
        collector.RecordObservableInstruments();
        return collector.GetMeasurementSnapshot();
    }

    /// <summary>A backfill that judges when it is told to.</summary>
    sealed class SlowJudge
    {
        TaskCompletionSource<IndexReport> judging = new();

        public SlowJudge() => Grains = Calls.To<IGrainFactory>((_, _) => Calls.To<IBackfillGrain>((_, _) =>
        {
            Asked++;
            judging = new();
            return judging.Task;
        }));

        public IGrainFactory Grains { get; }

        public int Asked { get; private set; }

        public void Answer(IndexVerdict verdict) => judging.SetResult(new() { Verdict = verdict, Sentence = "" });
    }
}
