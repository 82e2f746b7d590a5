using Atbb.Grains.Runs;
using Atbb.Grains.Tests.Cluster;
using Atbb.Indexing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Atbb.Grains.Tests.Runs;

public sealed class DatabasePatienceTests : IDisposable
{
    readonly FakeTimeProvider time = new();
    readonly LogMemory log = new();
    readonly ILoggerFactory loggers;

    public DatabasePatienceTests() => loggers = LoggerFactory.Create(logging => logging.AddProvider(log));

    public void Dispose() => loggers.Dispose();

    [Fact]
    public async Task WaitFor_ADatabaseThatIsAway_AsksUntilItAnswersAndSaysSoOnce()
    {
        var patience = new DatabasePatience(new DatabaseOutage(time, loggers.CreateLogger<DatabaseOutage>()), time);
        var asked = 0;
        Task<int> AskAsync(CancellationToken _) => Interlocked.Increment(ref asked) <= 20 ? throw new IndexUnavailableException("gone", new TimeoutException()) : Task.FromResult(7);

        // Two at once, as a run and its relays: one outage.
        var waiting = Task.WhenAll(patience.WaitForAsync(AskAsync, CancellationToken.None), patience.WaitForAsync(AskAsync, CancellationToken.None));
        while (!waiting.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(30));
            await Task.Yield();
        }

        var answers = await waiting;
        Assert.Equal([7, 7], answers);
        Assert.Single(log.Of("backfill.database_back"));
        Assert.Equal(LogLevel.Error, Assert.Single(log.Of("backfill.database_outage")).Level);
    }

    [Fact]
    public async Task WaitFor_OfAGrain_AsksAgainOnItsScheduler()
    {
        var patience = new DatabasePatience(new DatabaseOutage(time, loggers.CreateLogger<DatabaseOutage>()), time);
        var scheduler = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        var askedOn = new List<TaskScheduler>();
        var waiting = Task.Factory.StartNew(
            () => patience.WaitForAsync(
                _ =>
                {
                    askedOn.Add(TaskScheduler.Current);
                    return askedOn.Count <= 2 ? throw new IndexUnavailableException("gone", new TimeoutException()) : Task.FromResult(7);
                },
                CancellationToken.None),
            CancellationToken.None, TaskCreationOptions.None, scheduler).Unwrap();
        while (!waiting.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(30));
            await Task.Yield();
        }

        await waiting;
        Assert.Equal([scheduler, scheduler, scheduler], askedOn);
    }

    /// <summary>On SQLite they are two files, and one may be away alone.</summary>
    [Fact]
    public void Outage_OfOnePart_IsNotOverWhenTheOtherAnswers()
    {
        var outage = new DatabaseOutage(time, loggers.CreateLogger<DatabaseOutage>());

        for (var i = 0; i < 3; i++)
        {
            outage.Begin(DatabasePart.RunState, "locked");
            outage.End(DatabasePart.Index);
        }

        Assert.Single(log.Of("backfill.database_outage"));
        Assert.Empty(log.Of("backfill.database_back"));
        outage.End(DatabasePart.RunState);
        Assert.Single(log.Of("backfill.database_back"));
    }

    /// <summary>As with a full disk, which answers whoever reads.</summary>
    [Fact]
    public void Outage_OfWriting_IsNotOverWhenSomethingIsRead()
    {
        var outage = new DatabaseOutage(time, loggers.CreateLogger<DatabaseOutage>());

        for (var i = 0; i < 30; i++)
        {
            outage.Begin(DatabasePart.Index, "the disk is full", isWrite: true);
            time.Advance(TimeSpan.FromSeconds(2));
            outage.End(DatabasePart.Index);
        }

        Assert.Single(log.Of("backfill.database_outage"));
        Assert.Empty(log.Of("backfill.database_back"));
        outage.End(DatabasePart.Index, isWrite: true);
        Assert.Contains("after 60.0 s", Assert.Single(log.Of("backfill.database_back")).Message, StringComparison.Ordinal);
    }

    /// <summary>As when the run was cancelled: nobody writes, and who reads is answered.</summary>
    [Fact]
    public void Outage_OfWritingThatNobodyGoesOnWith_IsOverWhenSomethingIsReadLater()
    {
        var outage = new DatabaseOutage(time, loggers.CreateLogger<DatabaseOutage>());
        outage.Begin(DatabasePart.Index, "the disk is full", isWrite: true);

        time.Advance(TimeSpan.FromSeconds(31));
        outage.End(DatabasePart.Index);

        Assert.Single(log.Of("backfill.database_back"));
    }
}
