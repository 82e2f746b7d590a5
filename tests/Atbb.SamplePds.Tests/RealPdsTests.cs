using System.Text;
using System.Text.Json.Nodes;
using Atbb.Testing.RealPds;

namespace Atbb.Sample.Tests;

/// <summary>Holds the sample PDS against the reference PDS: what is tested with one must hold for the other.</summary>
public sealed class RealPdsTests(RealPdsServers servers) : IClassFixture<RealPdsServers>
{
    const string Post = ForumRecords.Post;
    static CancellationToken Ends => TestContext.Current.CancellationToken;

    RealPdsFixture Real => servers.Running;

    [Fact(Skip = RealPdsFixture.NotInstalled, SkipUnless = nameof(RealPdsFixture.CanRun), SkipType = typeof(RealPdsFixture))]
    public async Task GeneratedForum_OnTwoRealPdses_IsListedWithTheSameCids()
    {
        var forum = SampleForum.Generate(new() { Users = 19, PostsPerUser = 12 });
        foreach (var (number, repo) in forum.Repos.Index())
        {
            var account = await Real.CreateAccountAsync(number % 2, $"user{number}", Ends);
            await account.CopyAsync(repo, Ends);
            foreach (var collection in repo.Collections)
            {
                var listed = await account.ListAsync(collection, Ends);
                Assert.Equal(repo.Records(collection).Select(record => (record.Rkey, record.Cid)), listed.Select(record => (record.Rkey, record.Cid)));
            }
        }
    }

    static readonly (string Rkey, string Json)[] Stored =
    [
        ("nul", """{"$type":"space.atbb.post","text":"a\u0000b","createdAt":"2026-01-01T00:00:00Z"}"""),
        ("number-for-text", """{"$type":"space.atbb.post","text":42,"createdAt":"2026-01-01T00:00:00Z"}"""),
        ("no-fields", """{"$type":"space.atbb.post"}"""),
        ("yesterday", """{"$type":"space.atbb.post","text":"x","createdAt":"yesterday"}"""),
        ("bad-refs", """{"$type":"space.atbb.post","text":"x","createdAt":"2026-01-01T00:00:00Z","reply":{"root":{"uri":"nonsense","cid":"none"},"parent":7}}"""),
        ("deep", $$"""{"$type":"space.atbb.post","text":{{new string('[', 200)}}{{new string(']', 200)}}}"""),
        ("big-integer", """{"$type":"space.atbb.post","text":"x","n":9007199254740991,"m":-9007199254740991}"""),
        ("long", $$"""{"$type":"space.atbb.post","text":"{{new string('x', 900_000)}}"}"""),
        ("links", """{"$type":"space.atbb.post","l":{"$link":"bafyreidykglsfhoixmivffc5uwhcgshx4j465xwqntbmu43nb2dzqwfvae"},"b":{"$bytes":"AQID/w"}}"""),
        ("key:with~all._-", """{"$type":"space.atbb.post","text":"ü 😀 \\ \" / \u2028"}"""),
        ("surrogate", """{"$type":"space.atbb.post","text":"a\ud83db"}"""),
    ];

    [Fact(Skip = RealPdsFixture.NotInstalled, SkipUnless = nameof(RealPdsFixture.CanRun), SkipType = typeof(RealPdsFixture))]
    public async Task OddRecords_ThatAPdsStores_HaveTheSampleCids()
    {
        var account = await Real.CreateAccountAsync(0, "oddities", Ends);
        var sample = new SampleRepo(account.Did, account.Handle);
        foreach (var (rkey, json) in Stored)
        {
            await account.PutAsync(Post, rkey, json, Ends);
            sample.Put(Post, rkey, json);
        }

        var listed = await account.ListAsync(Post, Ends);

        Assert.Equal(sample.Records(Post).Select(record => (record.Uri, record.Cid)), listed.Select(record => (record.Uri, record.Cid)));
        // What a reader takes from the page gives the CID again: nothing is lost on the way, save half a surrogate pair.
        Assert.All(listed, record => Assert.Equal(record.Cid, DagCbor.CidOf(Encoding.UTF8.GetBytes(record.Json))));
        Assert.Contains("a\ufffdb", listed.Single(record => record.Rkey == "surrogate").Json, StringComparison.Ordinal);
    }

    static readonly string[] Refused =
    [
        """{"$type":"space.atbb.post","text":1.5}""",
        """{"$type":"space.atbb.membership","text":"x"}""",
        $$"""{"$type":"space.atbb.post","text":"{{new string('x', 1_000_001)}}"}""",
    ];

    [Fact(Skip = RealPdsFixture.NotInstalled, SkipUnless = nameof(RealPdsFixture.CanRun), SkipType = typeof(RealPdsFixture))]
    public async Task OddRecords_ThatAPdsRefuses_AreRefused()
    {
        var account = await Real.CreateAccountAsync(0, "refused", Ends);
        foreach (var json in Refused)
            await Assert.ThrowsAsync<HttpRequestException>(() => account.PutAsync(Post, "refused", json, Ends));

        await account.PutAsync(Post, "untyped", """{"text":"x"}""", Ends);

        var only = Assert.Single(await account.ListAsync(Post, Ends));
        Assert.Equal(Post, JsonNode.Parse(only.Json)!["$type"]!.GetValue<string>());
    }

    [Fact(Skip = RealPdsFixture.NotInstalled, SkipUnless = nameof(RealPdsFixture.CanRun), SkipType = typeof(RealPdsFixture))]
    public async Task Edits_OfARealAccount_MoveItsRevAndShow()
    {
        var account = await Real.CreateAccountAsync(1, "penelope", Ends);
        var created = await account.CreateAsync(Post, """{"text":"one"}""", Ends);
        var before = await account.RevAsync(Ends);
        await account.PutAsync(Post, "second", """{"text":"two"}""", Ends);
        await account.ApplyAsync([RealWrite.Update(Post, "second", """{"text":"2"}"""), RealWrite.Create(Post, "third", """{"text":"three"}""")], Ends);
        await account.DeleteAsync(Post, "third", Ends);

        var listed = await account.ListAsync(Post, Ends);

        Assert.True(string.CompareOrdinal(before, await account.RevAsync(Ends)) < 0);
        Assert.Equal([created.Uri, $"at://{account.Did}/{Post}/second"], listed.Select(record => record.Uri));
        Assert.Equal("2", JsonNode.Parse(listed[1].Json)!["text"]!.GetValue<string>());
        await account.TakeDownRecordAsync(new(listed[1].Uri, listed[1].Cid), Ends);
        Assert.Equal([created.Uri], (await account.ListAsync(Post, Ends)).Select(record => record.Uri));
    }

    [Fact(Skip = RealPdsFixture.NotInstalled, SkipUnless = nameof(RealPdsFixture.CanRun), SkipType = typeof(RealPdsFixture))]
    public async Task Answers_OfTheSamplePds_AreTheRealOnes()
    {
        await using var sample = await SamplePds.StartAsync();
        var accounts = new Dictionary<AccountState, RealAccount>();
        foreach (var state in new[] { AccountState.Active, AccountState.Deactivated, AccountState.TakenDown, AccountState.Deleted })
        {
            var account = await Real.CreateAccountAsync(0, state.ToString().ToLowerInvariant(), Ends);
            accounts[state] = account;
            var repo = new SampleRepo(account.Did, account.Handle);
            foreach (var rkey in (string[])["Z", "a", "b", "c"])
                repo.Put(Post, rkey, $$"""{"text":"{{rkey}}","$type":"space.atbb.post"}""");
            await account.CopyAsync(repo, Ends);
            sample.Host(repo);
            sample.SetState(repo.Did, state);
        }

        await accounts[AccountState.Deactivated].DeactivateAsync(Ends);
        await accounts[AccountState.TakenDown].SetTakedownAsync(true, Ends);
        await accounts[AccountState.Deleted].DeleteAccountAsync(Ends);

        string[] dids = [.. accounts.Values.Select(account => account.Did), "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"];
        foreach (var did in dids)
        {
            var listing = $"/xrpc/com.atproto.repo.listRecords?repo={did}&collection={Post}";
            string[] targets =
            [
                listing, $"{listing}&reverse=true", $"{listing}&limit=2", $"{listing}&limit=2&cursor=b", $"{listing}&limit=4&reverse=true",
                $"{listing}&reverse=true&cursor=c", $"{listing}&reverse=true&cursor=", $"{listing}&cursor=%20odd%20", $"{listing}.none",
                $"/xrpc/com.atproto.sync.getLatestCommit?did={did}", $"/xrpc/com.atproto.sync.getRepoStatus?did={did}",
                $"/xrpc/com.atproto.repo.describeRepo?repo={did}",
            ];
            foreach (var target in targets)
                Assert.Equal(await OutcomeAsync(Real.Pdses[0], target), await OutcomeAsync(sample.Origin, target));
        }

        var active = accounts[AccountState.Active].Did;
        string[] refused =
        [
            $"/xrpc/com.atproto.repo.listRecords?repo={active}&collection={Post}&limit=101", $"/xrpc/com.atproto.repo.listRecords?repo={active}&collection={Post}&limit=0",
            $"/xrpc/com.atproto.repo.getRecord?repo={active}&collection={Post}&rkey=none", $"/xrpc/com.atproto.repo.listRecords?repo={active}",
        ];
        foreach (var target in refused)
            Assert.Equal(await OutcomeAsync(Real.Pdses[0], target, withMessage: false), await OutcomeAsync(sample.Origin, target, withMessage: false));
        Assert.Equal(await OutcomeAsync(Real.Plc, "/did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"), await OutcomeAsync(sample.Origin, "/did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"));
    }

    [Fact(Skip = RealPdsFixture.NotInstalled, SkipUnless = nameof(RealPdsFixture.CanRun), SkipType = typeof(RealPdsFixture))]
    public async Task ListRepos_OfTheSamplePds_IsTheRealOne()
    {
        await using var sample = await SamplePds.StartAsync();
        var dids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            var account = await Real.CreateAccountAsync(1, $"listed{i}", Ends);
            dids.Add(account.Did);
            sample.Host(new SampleRepo(account.Did, account.Handle));
            if (i == 2)
            {
                await account.DeactivateAsync(Ends);
                sample.SetState(account.Did, AccountState.Deactivated);
            }
        }

        Assert.Equal(await ListReposAsync(Real.Pdses[1], dids), await ListReposAsync(sample.Origin, dids));
    }

    static async Task<List<string>> ListReposAsync(Uri pds, List<string> dids)
    {
        var listed = new List<string>();
        string? cursor = null;
        do
        {
            using var http = new HttpClient { BaseAddress = pds };
            var after = cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor);
            var page = JsonNode.Parse(await http.GetStringAsync($"/xrpc/com.atproto.sync.listRepos?limit=2{after}", Ends))!;
            listed.AddRange(
                from repo in page["repos"]!.AsArray()
                where dids.Contains((string)repo["did"]!)
                select $"{repo["did"]} {repo["active"]} {repo["status"]}");
            cursor = (string?)page["cursor"];
        }
        while (cursor is not null);

        return listed;
    }

    /// <summary>Status and body, without what differs between any two PDSes: revs, heads, documents.</summary>
    static async Task<string> OutcomeAsync(Uri origin, string target, bool withMessage = true)
    {
        using var http = new HttpClient { BaseAddress = origin };
        using var answer = await http.GetAsync(target, Ends);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Ends))!.AsObject();
        foreach (var name in (string[])["rev", "cid", "didDoc", .. withMessage ? Array.Empty<string>() : ["message"]])
        {
            if (body.Remove(name))
                body[name] = "...";
        }

        // Members in one order: JSON gives it no meaning.
        var members = body.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()));
        return $"{target} {(int)answer.StatusCode} {answer.Content.Headers.ContentType} {Sorted(new JsonObject(members))}";
    }

    static string Sorted(JsonNode node)
    {
        if (node["records"] is JsonArray records)
        {
            foreach (var record in records)
            {
                var value = record!["value"]!.AsObject();
                record["value"] = new JsonObject(value.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
            }
        }

        return node.ToJsonString();
    }
}
