using Atbb.EndToEnd.Tests.Processes;
using Atbb.EndToEnd.Tests.Truth;
using Atbb.Sample;
using Atbb.Indexing.Databases;
using Atbb.Testing.RealPds;

namespace Atbb.EndToEnd.Tests;

/// <summary>What runs cost reference PDSes and their PLC directory, by what these servers log of it: nothing that atbb says of itself is taken for true.</summary>
public sealed class RealPdsCostTests
{
    const string UserAgent = "Atbb.Orleans";
    const string ListRecords = "com.atproto.repo.listRecords";
    const string GetLatestCommit = "com.atproto.sync.getLatestCommit";
    const string ListRepos = "com.atproto.sync.listRepos";

    // Of a host's repositories so many are asked about alone, in a run, before it is asked to list them all: decision 33.
    const int AskedAlone = 4;

    // On the first PDS more than are asked about alone, on the second one fewer.
    const int MembersThere = 7;
    const int MembersElsewhere = 3;

    int counted;

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    [Fact(Skip = RealPdsFixture.NotInstalled, SkipUnless = nameof(RealPdsFixture.CanRun), SkipType = typeof(RealPdsFixture))]
    public async Task Backfill_FullSyncThenCatchUps_AsksTheServersExactlySoMuch()
    {
        using var database = await IndexAddress.CreateAsync(DatabaseKind.Sqlite);
        await using var pdses = await RealPdsFixture.StartAsync(Ends);
        var forum = await RealForum.FoundAsync(pdses);
        var members = new RealAccount[MembersThere + MembersElsewhere];
        for (var number = 0; number < members.Length; number++)
        {
            members[number] = await pdses.CreateAccountAsync(number < MembersThere ? 0 : 1, $"member{number}", Ends);
            // One has a page more than the others: its topic is a post, too.
            await forum.JoinAsync(members[number], replies: number == 0 ? PageListing.PageSize : 2);
        }

        string[] dids = [.. members.Select(member => member.Did)];
        // One repository after another: how many of a host's are asked about alone while its listing is on its way is chance otherwise.
        using var site = new AtbbSite(forum.Account.Did, database.Value, pdses.Plc, "Backfill:Concurrency=1");

        var full = await RunAsync(pdses, site, "full_sync", dids);
        // Each page that holds records, and the empty one that says it was the last (a PDS gives a cursor with every page that holds a record).
        // The forum's account has records in four of the seven collections, a member in both that members have.
        var pages = members.ToDictionary(member => member.Did, member => member == members[0] ? 2 * 2 + 1 : 2 * 2);
        pages.Add(forum.Account.Did, 4 * 2 + 3);
        Assert.Equal(pages, PagesOf(full));
        Assert.Equal(members.Length + 1, full.Count(request => request.Server == pdses.Plc));
        AssertHeads(pdses, full);

        // No page and no DID document: repositories are left alone by their revs, and documents are recent (decisions 33 and 86). CostTests holds
        // the same of the sample PDS, whose answers are ours.
        var unchanged = await RunAsync(pdses, site, "catch_up", []);
        Assert.Empty(PagesOf(unchanged));
        Assert.DoesNotContain(unchanged, request => request.Server == pdses.Plc);
        AssertHeads(pdses, unchanged);

        var writer = members[1];
        await writer.PutAsync(ForumRecords.Post, forum.NextKey(), """{"$type":"space.atbb.post","text":"new","createdAt":"2026-02-02T00:00:00Z"}""", Ends);
        var changed = await RunAsync(pdses, site, "catch_up", []);
        Assert.Equal(new Dictionary<string, int> { [writer.Did] = 2 * 2 }, PagesOf(changed));
        Assert.DoesNotContain(changed, request => request.Server == pdses.Plc);
        AssertHeads(pdses, changed);
    }

    /// <summary>Runs atbb to its end.</summary>
    /// <returns>What the servers were asked meanwhile.</returns>
    async Task<IReadOnlyList<RealPdsRequest>> RunAsync(RealPdsFixture pdses, AtbbSite site, string type, IReadOnlyList<string> dids)
    {
        await using var atbb = site.Backfill(type, dids);
        Assert.True(await atbb.ExitAsync() == 0, $"{atbb}\n{pdses.Errors}");
        var run = atbb.Figures();
        Assert.Equal("completed", run.Status);
        Assert.Equal(0, run.RecordsFailed);

        var all = await pdses.RequestsAsync(UserAgent, Ends);
        var asked = all.Skip(counted).ToList();
        counted = all.Count;
        var log = string.Join('\n', asked.Select(request => $"{request.Status} {request.Server.Port} {request.Target}"));
        TestContext.Current.TestOutputHelper?.WriteLine($"{type}: {asked.Count}\n{log}");
        Assert.All(asked, request => Assert.Equal(200, request.Status));
        Assert.True(asked.Count == run.Requests, $"The run says {run.Requests} requests, the servers {asked.Count}:\n{log}\n{atbb}");
        // Nothing is asked but what is counted below.
        Assert.All(asked, request => Assert.True(
            request.Server == pdses.Plc || request.Method is ListRecords or GetLatestCommit or ListRepos, $"{request.Server}{request.Target}"));
        return asked;
    }

    static Dictionary<string, int> PagesOf(IEnumerable<RealPdsRequest> requests) =>
        requests.Where(request => request.Method == ListRecords).CountBy(request => request.Parameter("repo")!).ToDictionary();

    static void AssertHeads(RealPdsFixture pdses, IReadOnlyList<RealPdsRequest> requests)
    {
        int Of(int pds, string method) => requests.Count(request => request.Server == pdses.Pdses[pds] && request.Method == method);

        // The forum's own repository is asked about in both phases, so it counts twice when it comes before the listing, and others come later.
        Assert.Equal(AskedAlone, Of(0, GetLatestCommit));
        Assert.Equal(1, Of(0, ListRepos));
        Assert.Equal(MembersElsewhere, Of(1, GetLatestCommit));
        Assert.Equal(0, Of(1, ListRepos));
    }
}
