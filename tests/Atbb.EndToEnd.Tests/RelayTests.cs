using Atbb.EndToEnd.Tests.Processes;
using Atbb.Indexing.Databases;
using Atbb.Sample;

namespace Atbb.EndToEnd.Tests;

/// <summary>An empty index and a relay, and nobody listed.</summary>
public class RelayTests
{
    const string ListRepos = "com.atproto.sync.listReposByCollection";

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Backfill_WithARelayAloneAndKilledWhileItIsRead_MakesTheIndexWhole(DatabaseKind kind)
    {
        await using var it = await ForumCase.CreateAsync(kind, new() { Users = 9, PostsPerUser = 5 });
        string[] more = ["--relay", it.Pds.Origin.ToString(), .. AtbbSite.Set("Discovery:PageSize", 2)];
        var (held, listed) = (new TaskCompletionSource(), 0);
        it.Pds.Fault = request => request.Method == ListRepos && Interlocked.Increment(ref listed) > 4 ? PdsFault.HeldUntil(held.Task) : null;

        // Without a type: a relay is named, and so a full sync is meant.
        await using (var killed = it.Site.Backfill(null, [], more))
        {
            var arrived = it.Pds.Log.ArrivedAsync(5, request => request.Method == ListRepos, TestContext.Current.CancellationToken);
            await Task.WhenAny(arrived, killed.Ended).WaitAsync(AtbbProcess.Patience, TestContext.Current.CancellationToken);
            Assert.False(killed.HasEnded, $"{killed}");
            await killed.KillAsync();
        }

        it.Pds.Fault = null;
        it.Pds.Log.Clear();
        await using var last = it.Site.Backfill(null, [], more);

        Assert.True(await last.ExitAsync() == 0, $"{last}");
        Assert.True(last.Figures().Resumed, $"{last}");
        await it.AssertIndexAsync(last.Figures(), before: null, $"{last}");
        // Five pages of each list; four were read before the kill, and of each list one may have been cut off.
        Assert.InRange(it.Pds.Log.CountOf(ListRepos), 6, 8);
    }
}
