using System.Collections.Concurrent;
using System.Reflection;
using Atbb.Grains.Indexing;
using Atbb.Grains.Interfaces;
using Atbb.Grains.Interfaces.Repos;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Sample;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>One call to a repository, and the time that it has.</summary>
public class SliceTests
{
    const string ListRecords = "com.atproto.repo.listRecords";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sync_ItsTimePassesWhileAPageIsWaitedFor_AnswersAndSaysWhatIsToCome(bool afterAPage)
    {
        var clock = new HurriedClock(BackfillOptions.LongestSlice);
        await using var cluster = await ForumCluster.StartAsync(new() { Users = 1, PostsPerUser = 1, ExtraPostsOfFirstUser = 150 }, time: clock);
        var did = cluster.UserDids[0];
        bool IsHeld(PdsRequest request) =>
            request.Method == ListRecords && (!afterAPage || (request.Collection == ForumRecords.Post && request.Cursor is not null));
        var released = new TaskCompletionSource();
        cluster.Pds.Fault = request => IsHeld(request) ? PdsFault.HeldUntil(released.Task) : null;

        var reading = cluster.RepoOf(did).SyncAsync(1, RunPhase.Users, cluster.Forum.Forum.Did, CancellationToken.None);
        await cluster.Pds.Log.ArrivedAsync(1, IsHeld, CancellationToken.None);
        clock.Pass();
        var slice = await reading;

        if (afterAPage)
        {
            Assert.IsType<RepoOutcome.More>(slice.Outcome);
            // The membership, and the first page of posts.
            Assert.Equal(101, slice.Counts.Indexed);
        }
        else
        {
            var parked = Assert.IsType<RepoOutcome.Parked>(slice.Outcome);
            Assert.Equal((1, cluster.Pds.Origin.Authority), (parked.Attempts, parked.Host));
            Assert.Contains(did, parked.Reason, StringComparison.Ordinal);
        }

        released.SetResult();
    }

    [Theory]
    [InlineData(nameof(IUserRepoGrain.SyncAsync))]
    [InlineData(nameof(IUserRepoGrain.RereadAsync))]
    [InlineData(nameof(IUserRepoGrain.SyncNowAsync))]
    public void LongestSlice_WithTheWriteAfterIt_IsLessThanACallMayTake(string method)
    {
        var call = TimeoutOf(typeof(IUserRepoGrain).GetMethod(method)!);
        var write = TimeoutOf(typeof(IIndexerGrain).GetMethod(nameof(IIndexerGrain.IndexAsync))!);

        Assert.True(BackfillOptions.LongestSlice + write < call, $"{BackfillOptions.LongestSlice} and {write} are not less than {call}");
    }

    static TimeSpan TimeoutOf(MethodInfo method) => method.GetCustomAttribute<ResponseTimeoutAttribute>()!.Timeout!.Value;

    /// <summary>The machine's clock, but for waits of one length: they are over when the test says so.</summary>
    sealed class HurriedClock(TimeSpan length) : TimeProvider
    {
        readonly ConcurrentQueue<ITimer> held = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != length)
                return base.CreateTimer(callback, state, dueTime, period);

            var timer = base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            held.Enqueue(timer);
            return timer;
        }

        public void Pass()
        {
            while (held.TryDequeue(out var timer))
                timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }
}
