using Atbb.AtProto.Syntax;
using Atbb.EndToEnd.Tests.Processes;
using Atbb.EndToEnd.Tests.Truth;
using Atbb.Indexing.Databases;
using Atbb.Sample;
using Atbb.Testing.Databases;
using Atbb.Testing.RealPds;

namespace Atbb.EndToEnd.Tests;

/// <summary>A forum of twenty accounts on two reference PDSes with a PLC directory, with all that a PDS stores and no lexicon allows; the first run is killed in its middle.</summary>
public sealed class RealPdsTests
{
    const string Post = ForumRecords.Post;
    const int Boards = 130;
    const int Users = 18;

    static readonly DateTimeOffset Founded = new(2025, 3, 1, 9, 0, 0, TimeSpan.Zero);
    static readonly string Deep = new string('[', 200) + new string(']', 200);

    // Kind: of the error row that stands for the record; null when it is to be indexed.
    static readonly (string Rkey, string? Kind, string Json)[] Oddities =
    [
        ("nul", null, """{"$type":"space.atbb.post","text":"a\u0000b","title":"\u0000","createdAt":"2026-01-01T00:00:00Z"}"""),
        ("number-for-text", "wrong_type_field", """{"$type":"space.atbb.post","text":42,"createdAt":"2026-01-01T00:00:00Z"}"""),
        ("no-fields", "missing_field", """{"$type":"space.atbb.post"}"""),
        ("no-date", "missing_field", """{"$type":"space.atbb.post","text":"x"}"""),
        ("yesterday", "bad_date", """{"$type":"space.atbb.post","text":"x","createdAt":"yesterday"}"""),
        ("bad-root", "bad_reference", """{"$type":"space.atbb.post","text":"x","createdAt":"2026-01-01T00:00:00Z","reply":{"root":{"uri":"nonsense","cid":"none"},"parent":{"uri":"at://did:plc:a/space.atbb.post/b","cid":"none"}}}"""),
        ("bad-parent", "bad_reference", """{"$type":"space.atbb.post","text":"x","createdAt":"2026-01-01T00:00:00Z","board":{"board":7}}"""),
        ("deep-text", "wrong_type_field", $$"""{"$type":"space.atbb.post","text":{{Deep}},"createdAt":"2026-01-01T00:00:00Z"}"""),
        ("deep", null, $$"""{"$type":"space.atbb.post","text":"x","createdAt":"2026-01-01T00:00:00Z","nested":{{Deep}}}"""),
        ("big-integer", null, """{"$type":"space.atbb.post","text":"x","createdAt":"2026-01-01T00:00:00Z","n":9007199254740991,"m":-9007199254740991}"""),
        ("long", null, $$"""{"$type":"space.atbb.post","text":"{{new string('x', 900_000)}}","createdAt":"2026-01-01T00:00:00Z"}"""),
        ("links", null, """{"$type":"space.atbb.post","text":"x","createdAt":"2026-01-01T00:00:00Z","l":{"$link":"bafyreidykglsfhoixmivffc5uwhcgshx4j465xwqntbmu43nb2dzqwfvae"},"b":{"$bytes":"AQID/w"}}"""),
        ("key:with~all._-", null, """{"$type":"space.atbb.post","text":"ü 😀 \\ \" / \u2028","createdAt":"2026-01-01T00:00:00+05:30"}"""),
        ("surrogate", null, """{"$type":"space.atbb.post","text":"a\ud83db","createdAt":"2026-01-01T00:00:00.123456789Z"}"""),
        ("lost", null, """{"$type":"space.atbb.post","text":"to nobody","createdAt":"2026-01-01T00:00:00Z","reply":{"root":{"uri":"at://did:plc:gone/space.atbb.post/a","cid":"c"},"parent":{"uri":"at://did:plc:gone/space.atbb.post/b","cid":"c"}}}"""),
    ];

    // What stands in a repository and cannot be indexed: its URI, and the kind of its error row.
    readonly Dictionary<string, string> odd = new(StringComparer.Ordinal);
    readonly List<RealAccount> members = [];
    RealForum forum = null!;

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    [Theory(Skip = RealPdsFixture.NotInstalled, SkipUnless = nameof(RealPdsFixture.CanRun), SkipType = typeof(RealPdsFixture))]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Backfill_OfTwoRealPdses_HoldsWhatTheySay(DatabaseKind kind)
    {
        using var database = await IndexAddress.CreateAsync(kind);
        await using var pdses = await RealPdsFixture.StartAsync(Ends);
        await WriteForumAsync(pdses);
        using var site = new AtbbSite(forum.Account.Did, database.Value, pdses.Plc);
        var (switchedOff, takenDown) = (members[^1], members[^2]);
        await switchedOff.DeactivateAsync(Ends);
        await takenDown.SetTakedownAsync(true, Ends);
        var active = members.Except([switchedOff, takenDown]).ToList();

        await KillInTheMiddleAsync(site, database);
        await using (var full = site.Backfill("full_sync", members.Select(member => member.Did)))
        {
            Assert.True(await full.ExitAsync() == 0, $"{full}\n{pdses.Errors}");
            Assert.True(full.Figures().Resumed, $"It began another run instead of going on.\n{full}");
            var truth = await TruthAsync(active);
            await AssertAsync(database, full, truth, active);
            Assert.Equal(new RecordCounts(truth.Count, 0, 0, 0, odd.Count), full.Figures().Counts);
            await AssertStatusesAsync(database, full, (switchedOff.Did, "deactivated"), (takenDown.Did, "takendown"));
        }

        var (gone, shut) = (active[^1], active[^2]);
        // Rows of an account that was taken down stay, for it may come back. Those of a deleted one go, without an error row.
        var kept = (await TruthAsync([shut])).Where(row => row.Did == shut.Did).ToList();
        var edited = await EditAsync(active.Except([gone, shut]));
        await gone.DeleteAccountAsync(Ends);
        await shut.SetTakedownAsync(true, Ends);

        await using var catchUp = site.Backfill("catch_up", []);
        Assert.True(await catchUp.ExitAsync() == 0, $"{catchUp}\n{pdses.Errors}");
        await AssertAsync(database, catchUp, [.. await TruthAsync(active.Except([gone, shut])), .. kept], edited);
        await AssertStatusesAsync(database, catchUp, (gone.Did, "deleted"), (shut.Did, "takendown"));
    }

    /// <summary>Begins the full sync, and kills it while the longest repository is read in part.</summary>
    async Task KillInTheMiddleAsync(AtbbSite site, IndexAddress database)
    {
        await using var index = database.Open();
        await using var atbb = site.Backfill("full_sync", members.Select(member => member.Did), AtbbSite.Set("Politeness:RequestsPerSecond", 5));
        await Poll.UntilAsync(
            async _ => atbb.HasEnded || atbb.Output.Contains("has begun", StringComparison.Ordinal) && await IsInTheMiddleAsync(index) ? "" : null,
            AtbbProcess.Patience, () => $"the longest repository to be read in part.\n{atbb}");
        // Stood still first: it cannot have gone on between the question and the kill.
        await atbb.SignalAsync("STOP");
        Assert.True(await IsInTheMiddleAsync(index), $"It had read the longest repository to its end before it was stopped.\n{atbb}");
        await atbb.KillAsync();
    }

    async Task<bool> IsInTheMiddleAsync(IndexDatabase index) => 1 == await IndexReader.NumberAsync(
        index, $"select count(*) from repo_cursors where did = '{members[0].Did}' and collection = '{Post}' and cursor is not null and not is_complete");

    async Task WriteForumAsync(RealPdsFixture pdses)
    {
        forum = await RealForum.FoundAsync(pdses, Boards);
        SampleRef? topic = null;
        for (var number = 0; number < Users; number++)
        {
            var member = await pdses.CreateAccountAsync(number % 2, $"member{number}", Ends);
            members.Add(member);
            // The first one needs several pages, and everybody answers there.
            var started = await forum.JoinAsync(member, replies: number == 0 ? 350 : 7, root: topic);
            topic ??= started;
        }

        await forum.Account.CreateAsync(ForumRecords.ModAction, ForumRecords.ModActionJson("space.atbb.modAction.lock", topic!.Value, "Enough.", members[1].Did, Founded), Ends);
        await forum.Account.CreateAsync(ForumRecords.ModAction, ForumRecords.ModActionJson("space.atbb.modAction.ban", members[2].Did, "Hats.", members[1].Did, Founded), Ends);

        // All of them among the first one's many posts, and one each with the others.
        foreach (var (number, oddity) in Oddities.Index())
        {
            await PutOddAsync(members[0], oddity);
            await PutOddAsync(members[1 + number % 12], oddity);
        }
    }

    async Task PutOddAsync(RealAccount account, (string Rkey, string? Kind, string Json) oddity)
    {
        await account.PutAsync(Post, oddity.Rkey, oddity.Json, Ends);
        if (oddity.Kind is not null)
            odd[$"at://{account.Did}/{Post}/{oddity.Rkey}"] = oddity.Kind;
    }

    /// <summary>Changes three repositories of four, and the forum's.</summary>
    /// <returns>The accounts whose repositories have changed.</returns>
    async Task<IReadOnlyList<RealAccount>> EditAsync(IEnumerable<RealAccount> accounts)
    {
        var edited = accounts.Where((_, number) => number % 4 != 3).ToList();
        foreach (var (number, account) in edited.Index())
        {
            var posts = (await account.ListAsync(Post, Ends)).Where(post => Tid.TryParse(post.Rkey, out _)).ToList();
            await account.DeleteAsync(Post, posts[1].Rkey, Ends);
            await account.DeleteAsync(Post, posts[^1].Rkey, Ends);
            await account.PutAsync(Post, posts[2].Rkey, """{"$type":"space.atbb.post","text":"changed","createdAt":"2026-02-02T00:00:00Z"}""", Ends);
            await account.PutAsync(Post, forum.NextKey(), """{"$type":"space.atbb.post","text":"new","createdAt":"2026-02-02T00:00:00Z"}""", Ends);
            if (number % 2 == 0)
                await PutOddAsync(account, (posts[3].Rkey, "wrong_type_field", """{"$type":"space.atbb.post","text":{"spoilt":true},"createdAt":"2026-02-02T00:00:00Z"}"""));
        }

        // What was odd is mended; a record that a moderator takes down is in no listing.
        var first = edited[0];
        await first.PutAsync(Post, "yesterday", """{"$type":"space.atbb.post","text":"x","createdAt":"2026-02-02T00:00:00Z"}""", Ends);
        Assert.True(odd.Remove($"at://{first.Did}/{Post}/yesterday"));
        var hidden = (await first.ListAsync(Post, Ends)).Last(post => Tid.TryParse(post.Rkey, out _));
        await first.TakeDownRecordAsync(new SampleRef(hidden.Uri, hidden.Cid), Ends);

        var board = (await forum.Account.ListAsync(ForumRecords.Board, Ends))[60];
        await forum.Account.DeleteAsync(ForumRecords.Board, board.Rkey, Ends);
        return edited;
    }

    /// <summary>What the PDSes say of the forum and of active accounts, without what cannot be indexed.</summary>
    async Task<List<IndexedRow>> TruthAsync(IEnumerable<RealAccount> accounts) =>
        [.. (await RealTruth.ReadAsync(forum.Account, accounts, Ends)).Where(row => !odd.ContainsKey($"at://{row.Did}/{row.Collection}/{row.Rkey}"))];

    /// <param name="database">The index.</param>
    /// <param name="atbb">Who has completed the run.</param>
    /// <param name="truth">What the index is to hold.</param>
    /// <param name="read">The accounts that the run has had to read: what is odd there has an error row, one each.</param>
    async Task AssertAsync(
        IndexAddress database, AtbbProcess atbb, IReadOnlyList<IndexedRow> truth, IReadOnlyList<RealAccount> read)
    {
        var run = atbb.Figures();
        var differences = new Differences();
        await using var index = database.Open();
        differences.Compare(truth, await IndexRows.ReadAsync(index));
        await IndexCheck.CompareReferencesAsync(index, differences);
        differences.Compare("status", "completed", run.Status);

        var expected = odd.Where(record => read.Any(account => record.Key.StartsWith($"at://{account.Did}/", StringComparison.Ordinal)))
            .Select(record => $"{record.Value} {record.Key}").ToHashSet();
        var errors = await IndexReader.QueryAsync(
            index, $"select kind, case when uri = '' then did else uri end, error_message from backfill_errors where backfill_id = {run.RunId}");
        foreach (var missing in expected.Except(errors.Select(error => $"{error[0]} {error[1]}")))
            differences.Add($"backfill_errors: missing: {missing}");
        foreach (var error in errors.Where(error => !expected.Contains($"{error[0]} {error[1]}")))
            differences.Add($"backfill_errors: too many: {string.Join(' ', error)}");
        differences.Compare("recordsFailed", expected.Count, run.RecordsFailed);
        differences.AssertNone($"{atbb}");
    }

    static async Task AssertStatusesAsync(IndexAddress database, AtbbProcess atbb, params (string Did, string Status)[] expected)
    {
        var differences = new Differences();
        await using var index = database.Open();
        await RealTruth.CompareStatusesAsync(index, differences, expected);
        differences.AssertNone($"{atbb}");
    }
}
