using System.Collections.Concurrent;
using Atbb.AtProto;
using Atbb.AtProto.Repo;
using Atbb.AtProto.Syntax;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Sample;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>A host that may be asked once a second, beside one that answers at once.</summary>
public class SlowHostTests
{
    [Fact]
    public async Task Run_HalfOfTheRepositoriesOnALimitedHost_TheOthersDoNotWaitForThem()
    {
        // The pace of the PDSes: the first one is the directory's host too, which has a politeness of its own, without one.
        await using var cluster = await ForumCluster.StartAsync(
            new() { Users = 200, PostsPerUser = 1 },
            configure: options => options.Concurrency = 8,
            protocol: options => options.Politeness.RequestsPerSecond = 0.1);
        await using var limited = await SamplePds.StartAsync(cluster.Pds.Plc);
        limited.Host([.. cluster.Forum.Users.OrderBy(user => user.Did, StringComparer.Ordinal).Where((_, i) => i % 2 == 0)]);

        await cluster.Backfill.StartAsync(new StartRequest { Force = RunType.FullSync, Dids = cluster.UserDids });
        var half = await cluster.UntilAsync(run => run.Phase == RunPhase.Users && run.DidsDone >= 100);

        // Repository by repository as they stand in the list, as many would have been read here as there.
        Assert.InRange(limited.Log.Snapshot().Select(request => request.Did).Distinct().Count(), 0, 25);
        Assert.Equal(0, half.Counts.Failed);
        await cluster.Backfill.CancelAsync(half.RunId);
    }

    [Fact]
    public async Task Run_RepositoriesSentAwayBeforeTheirFirstPage_AreAskedForTheirRevOnce()
    {
        await using var cluster = await ForumCluster.StartAsync(decorate: inner => new SeldomAsked(inner));

        var run = await cluster.RunAsync(RunType.FullSync);

        Assert.Equal((RunStatus.Completed, 0), (run.Status, run.Counts.Failed));
        Assert.Empty(await cluster.DifferencesAsync());
        // The first four questions are asked one by one, the others answered by the host's listing. The forum's own repository is read in both phases.
        var asked = cluster.Pds.Log.Snapshot().Where(request => request.Method == "com.atproto.sync.getLatestCommit").GroupBy(request => request.Did).ToList();
        Assert.Equal(4, asked.Sum(repo => repo.Count()));
        Assert.All(asked, repo => Assert.InRange(repo.Count(), 1, repo.Key == cluster.Forum.Forum.Did ? 2 : 1));
    }

    /// <summary>A host whose turn for the first page comes too late, three times for each repository.</summary>
    sealed class SeldomAsked(IRepoClient inner) : IRepoClient
    {
        readonly ConcurrentDictionary<Did, int> sentAway = [];

        public Task<RecordPage> ListRecordsAsync(Uri pds, RecordQuery query, CancellationToken cancellationToken) =>
            sentAway.AddOrUpdate(query.Did, 1, (_, times) => times + 1) <= 3
                ? throw new AtProtoException(AtProtoFailure.RateLimited, "The turn comes too late.") { RetryAt = DateTimeOffset.UnixEpoch }
                : inner.ListRecordsAsync(pds, query, cancellationToken);

        public Task<RepoHead> GetLatestCommitAsync(Uri pds, Did did, CancellationToken cancellationToken) => inner.GetLatestCommitAsync(pds, did, cancellationToken);

        public Task<HostedRepo> GetRepoStatusAsync(Uri pds, Did did, CancellationToken cancellationToken) => inner.GetRepoStatusAsync(pds, did, cancellationToken);

        public Task<HostPage> ListReposAsync(Uri pds, string? cursor, CancellationToken cancellationToken) => inner.ListReposAsync(pds, cursor, cancellationToken);
    }
}
