using System.Collections.Immutable;
using System.Net;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Atbb.Grains;
using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Silo.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using Orleans.Storage;

namespace Atbb.Silo.Tests.Hosting;

public sealed class WakeUpOnStartTests : IAsyncDisposable
{
    readonly Channel<string> log = Channel.CreateUnbounded<string>();
    readonly Queue<Exception> failures = new();
    Exception? everAgain;
    readonly List<bool> asked = [];
    readonly Members members = new();
    readonly WakeUpOnStart service;

    public WakeUpOnStartTests()
    {
        var backfill = Calls.To<IBackfillGrain>((_, given) =>
        {
            asked.Add((bool)given![0]!);
            return failures.TryDequeue(out var failure) || (failure = everAgain) is not null ? Task.FromException<StartResult>(failure) : Task.FromResult(new StartResult(StartOutcome.NotNeeded));
        });
        var grains = Calls.To<IGrainFactory>((_, _) => backfill);
        service = new WakeUpOnStart(
            grains, members, Options.Create(new ForumOptions { Did = "did:plc:forum" }), Options.Create(new BackfillOptions()), new WithoutWaiting(), new Log(log.Writer));
    }

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await service.StopAsync(CancellationToken.None);
        service.Dispose();
    }

    public static TheoryData<Exception> WhatMayPass =>
    [
        new TimeoutException(), new OrleansException("gone"), new SiloUnavailableException("gone"), new IndexUnreachableException("away"),
        new InconsistentStateException("taken over"), new OperationCanceledException("an activation took too long"), new CodecNotFoundException("Could not find a codec for type Npgsql.NpgsqlException."),
    ];

    [Theory]
    [MemberData(nameof(WhatMayPass), DisableDiscoveryEnumeration = true)]
    public async Task Start_WhatMayPass_IsAskedAgainUntilItHasPassed(Exception failure)
    {
        for (var i = 0; i < 5; i++)
            failures.Enqueue(failure);

        await service.StartAsync(Ends);

        for (var i = 0; i < 5; i++)
            Assert.StartsWith("Warning silo.wake_up_failed", await log.Reader.ReadAsync(Ends), StringComparison.Ordinal);
        Assert.StartsWith("Information silo.woken", await log.Reader.ReadAsync(Ends), StringComparison.Ordinal);
        Assert.Equal(6, asked.Count);
    }

    public static TheoryData<Exception> WhatCannotPass =>
    [
        new InvalidCastException(), new InvalidOperationException("The index's database refused a statement of this program: 42703: no such column"),
        new OrleansException("Error from storage provider", new Npgsql.PostgresException("no such table", "ERROR", "ERROR", "42P01")),
        new CodecNotFoundException("Could not find a codec for type Atbb.Grains.Interfaces.Runs.StartResult."),
    ];

    /// <summary>And looks after the run again when another silo has gone: by then somebody may have mended it.</summary>
    [Theory]
    [MemberData(nameof(WhatCannotPass), DisableDiscoveryEnumeration = true)]
    public async Task Start_WhatCannotPass_IsSaidOnceAndTheSiloGoesOn(Exception failure)
    {
        failures.Enqueue(failure);

        await service.StartAsync(Ends);

        var told = await log.Reader.ReadAsync(Ends);
        Assert.StartsWith("Error silo.not_woken", told, StringComparison.Ordinal);
        Assert.Contains("Report it with this stack", told, StringComparison.Ordinal);
        Assert.Equal([true], asked);
        Assert.False(service.ExecuteTask!.IsCompleted);

        members.Lose();
        Assert.StartsWith("Information silo.woken", await log.Reader.ReadAsync(Ends), StringComparison.Ordinal);
        Assert.Equal([true, false], asked);
    }

    [Fact]
    public async Task Stop_WhileItIsAskedAgain_Ends()
    {
        everAgain = new TimeoutException();
        await service.StartAsync(Ends);
        await log.Reader.ReadAsync(Ends);

        await service.StopAsync(Ends);

        Assert.True(service.ExecuteTask!.IsCompleted);
        await foreach (var told in Told())
            Assert.StartsWith("Warning silo.wake_up_failed", told, StringComparison.Ordinal);
    }

    async IAsyncEnumerable<string> Told()
    {
        log.Writer.Complete();
        await foreach (var told in log.Reader.ReadAllAsync(Ends))
            yield return told;
    }

    sealed class Members : IClusterMembershipService
    {
        readonly Channel<ClusterMembershipSnapshot> updates = Channel.CreateUnbounded<ClusterMembershipSnapshot>();

        public ClusterMembershipSnapshot CurrentSnapshot { get; } = new(ImmutableDictionary<SiloAddress, ClusterMember>.Empty, new MembershipVersion(1));

        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => UpdatesAsync();

        public void Lose()
        {
            var silo = SiloAddress.New(IPAddress.Loopback, 1, 1);
            updates.Writer.TryWrite(new(ImmutableDictionary<SiloAddress, ClusterMember>.Empty.Add(silo, new ClusterMember(silo, SiloStatus.Dead, "silo")), new MembershipVersion(2)));
        }

        public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<bool> TryKill(SiloAddress siloAddress) => throw new NotSupportedException();

        async IAsyncEnumerable<ClusterMembershipSnapshot> UpdatesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await foreach (var update in updates.Reader.ReadAllAsync(cancellationToken))
                yield return update;
        }
    }

    sealed class Log(ChannelWriter<string> told) : ILogger<WakeUpOnStart>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            told.TryWrite($"{logLevel} {formatter(state, exception)}");
    }

    /// <summary>Every timer is due at once.</summary>
    sealed class WithoutWaiting : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
