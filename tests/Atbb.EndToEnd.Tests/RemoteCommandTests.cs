using System.Diagnostics;
using System.Text.Json;
using Atbb.EndToEnd.Tests.Processes;
using Atbb.Indexing.Databases;
using Atbb.Sample;
using Atbb.Testing.Databases;

namespace Atbb.EndToEnd.Tests;

/// <summary>The command line of a serving process, and what needs none: as an operator types it.</summary>
public sealed class RemoteCommandTests
{
    const string Token = "a-token-of-sixteen-and-more";
    const int TerminalWidth = 80;

    static readonly SampleForumOptions Small = new() { Users = 4, PostsPerUser = 3 };

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commands_ToAServingProcess_DoWhatTheySay()
    {
        await using var it = await ForumCase.CreateAsync(DatabaseKind.Sqlite, Small);
        var down = it.Dids.First();
        it.Pds.Fault = request => request.Did == down && request.IsListing ? PdsFault.Error(503, "UpstreamFailure") : null;
        await using var serve = it.Site.Serve([.. AtbbSite.Set("Admin:Token", Token), .. AtbbSite.Set("Backfill:MaxAttempts", 1), .. AtbbSite.Set("Network:MaxRetries", 0)]);
        using var admin = new AdminClient(it.Site.AdminPort, Token);
        await admin.ReadyAsync(serve);
        File.WriteAllLines(Path.Combine(it.Site.Folder, "dids.txt"), it.Dids);

        await SayAsync(0, "There has been no run yet", "runs");
        await SayAsync(6, "There has been no run yet", "run");
        await SayAsync(0, "Run 1 (full_sync) has begun", "start", "--type", "full_sync", "--dids", "dids.txt");
        var watched = await SayAsync(0, "full_sync, completed", "run", "1", "--watch");
        Assert.Contains(" 1: atbb errors 1; again: atbb retry 1", watched, StringComparison.Ordinal);
        await SayAsync(0, "full_sync  completed", "runs");
        await SayAsync(0, "unreachable", "errors", "1");
        await SayAsync(0, "There are none", "errors", "1", "--kind", "bad_date");
        await SayAsync(0, "unreachable", "errors");
        await SayAsync(0, "There are none", "errors", "--kind", "bad_date");
        await SayAsync(2, "The kinds: bad_date, ", "errors", "1", "--kind", "baddate");
        await SayAsync(0, "forum.sample.test", "repo", it.Forum.Forum.Did);
        await SayAsync(0, it.Forum.Forum.Did, "repo", "@forum.sample.test");
        await SayAsync(1, "It was not read", "sync", down);
        it.Pds.Fault = null;
        await SayAsync(0, "retry of run 1, completed", "retry", "1", "--watch");
        await SayAsync(0, "Read in full", "sync", "forum.sample.test");
        await SayAsync(7, "has ended", "pause", "1");
        await SayAsync(6, "There is no run 99", "cancel", "99");
        await SayAsync(6, "does not know did:plc:nobody", "repo", "did:plc:nobody");
        await SayAsync(2, "neither a DID", "repo", "nobody");
        await SayAsync(2, "", "run", "first");

        // None of its pages is answered: there is a run to be paused.
        using var held = HeldPages.After(it.Pds, 0);
        it.Forum.Users[0].Add("space.atbb.post", """{"$type":"space.atbb.post","text":"New.","createdAt":"2026-01-01T00:00:00Z"}""");
        Assert.Equal(3, Json(await SayAsync(0, "\"started\"", "start", "--type", "catch_up", "--json")).GetProperty("runId").GetInt64());
        var pausing = SayAsync(0, "catch_up, paused", "pause", "3");
        await SayAsync(7, "atbb cancel 3", "start", "--type", "full_sync");
        await pausing;
        held.LetGo();
        await SayAsync(1, "catch_up, paused", "run", "3", "--watch");
        await SayAsync(0, "catch_up, in_progress", "resume", "3");
        await SayAsync(0, "catch_up, completed", "run", "--watch");

        foreach (var command in new[] { new[] { "runs" }, ["run", "3"], ["errors", "1", "--all"], ["errors", "--all"], ["repo", down], ["sync", down] })
            Assert.Equal(JsonValueKind.Object, Json(await SayAsync(0, "{", [.. command, "--json"])).ValueKind);

        await SayAsync(5, "refuses the token", "runs", "--token", "another-token-of-sixteen");
        async Task<string> SayAsync(int status, string words, params string[] arguments)
        {
            await using var atbb = AtbbProcess.Start(it.Site.Folder, arguments, new Dictionary<string, string?>
            {
                ["Atbb__Admin__Url"] = $"http://127.0.0.1:{it.Site.AdminPort}",
                ["Atbb__Admin__Token"] = Token,
            });
            Assert.True(await atbb.ExitAsync() == status, $"expected {status}\n{atbb}");
            var (said, other) = status is 0 or 1 ? (atbb.Output, atbb.Errors) : (atbb.Errors, atbb.Output);
            Assert.Contains(words, said, StringComparison.Ordinal);
            Assert.Equal("", other);
            Assert.DoesNotContain('\u001b', said);
            if (status == 0 && !arguments.Contains("--json") && !arguments.Contains("--watch"))
                Assert.All(said.Split('\n'), line => Assert.True(line.Length <= TerminalWidth, line));
            return said;
        }
    }

    [Fact]
    public async Task Health_OfAProcess_IsItsExitStatus()
    {
        Assert.SkipWhen(PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
        await using var server = await PostgresServer.StartAsync(durable: false);
        await using var it = await ForumCase.CreateAsync(await IndexAddress.CreateAsync(server), Small);
        await SayAsync(4, "Is atbb serve running there?");
        await using var serve = it.Site.Serve(AtbbSite.Set("Admin:Token", Token));
        using var admin = new AdminClient(it.Site.AdminPort, Token);
        await admin.ReadyAsync(serve);

        // The health routes ask for no token.
        await SayAsync(0, "Healthy");
        Assert.Equal("Healthy", Json(await SayAsync(0, "{", "--json")).GetProperty("status").GetString());
        await server.CrashAsync();
        Assert.Contains("  database: ", await SayAsync(1, "Unhealthy"), StringComparison.Ordinal);
        await SayAsync(4, "does not answer as atbb does", "--url", it.Pds.Origin.ToString());

        async Task<string> SayAsync(int status, string words, params string[] more)
        {
            await using var atbb = AtbbProcess.Start(it.Site.Folder, ["health", .. more], new Dictionary<string, string?> { ["Atbb__Admin__Url"] = $"http://127.0.0.1:{it.Site.AdminPort}" });
            Assert.True(await atbb.ExitAsync() == status, $"expected {status}\n{atbb}");
            Assert.Contains(words, status is 4 ? atbb.Errors : atbb.Output, StringComparison.Ordinal);
            return atbb.Output;
        }
    }

    [Fact]
    public async Task Commands_WithoutATokenOrAProcess_SayWhatIsMissing()
    {
        await using var it = await ForumCase.CreateAsync(DatabaseKind.Sqlite, Small);
        var url = $"http://127.0.0.1:{it.Site.AdminPort}";
        await using var nobody = AtbbProcess.Start(it.Site.Folder, ["runs", "--url", url]);
        Assert.True(await nobody.ExitAsync() == 4, $"{nobody}");
        Assert.Contains("Is atbb serve running there?", nobody.Errors, StringComparison.Ordinal);

        await using var serve = it.Site.Serve(AtbbSite.Set("Admin:Token", Token));
        using var admin = new AdminClient(it.Site.AdminPort, Token);
        await admin.ReadyAsync(serve);
        await using var stranger = AtbbProcess.Start(it.Site.Folder, ["runs", "--url", url, "--json"]);
        Assert.True(await stranger.ExitAsync() == 5, $"{stranger}");
        Assert.Contains("asks for a token", stranger.Errors, StringComparison.Ordinal);
        var refused = Json(stranger.Output);
        Assert.Equal(("urn:atbb:problem:token-needed", 401, 5), (refused.GetProperty("type").GetString(), refused.GetProperty("status").GetInt32(), refused.GetProperty("exitCode").GetInt32()));
        Assert.Contains("asks for a token", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);

        // A web server, and not this one.
        await using var other = AtbbProcess.Start(it.Site.Folder, ["runs", "--url", it.Pds.Origin.ToString()]);
        Assert.True(await other.ExitAsync() == 4, $"{other}");
        await using var bad = AtbbProcess.Start(it.Site.Folder, ["runs", "--url", "here"]);
        Assert.True(await bad.ExitAsync() == 2, $"{bad}");
    }

    [Theory]
    [InlineData(4, "is not reachable", "runs --json --url http://127.0.0.1:9")]
    [InlineData(2, "is not an address", "runs --json --url here")]
    [InlineData(2, "--limit: a whole number", "runs --limit 0 --json")]
    [InlineData(2, "first", "run first --json")]
    [InlineData(2, "--jso", "runs --jso --json")]
    [InlineData(2, "Forum:Did", "doctor --json --forum nobody")]
    [InlineData(2, "neither catch_up nor full_sync", "backfill --json --forum did:plc:aaaaaaaaaaaaaaaaaaaaaaaa --type all")]
    [InlineData(3, "The start failed", "backfill --json --forum did:plc:aaaaaaaaaaaaaaaaaaaaaaaa --database /dev/null/atbb.db")]
    public async Task Json_OfACommandThatIsNotDone_IsOneDocumentThatSaysWhy(int status, string words, string line)
    {
        await using var atbb = AtbbProcess.Start(Path.GetTempPath(), line.Split(' '));

        Assert.True(await atbb.ExitAsync() == status, $"{atbb}");
        var document = Json(atbb.Output);
        Assert.Equal(status, document.GetProperty("exitCode").GetInt32());
        Assert.Contains(words, document.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.NotEqual("", atbb.Errors);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Doctor_WithoutAProcess_LooksAtAllAndMakesNothing(DatabaseKind kind)
    {
        await using var it = await ForumCase.CreateAsync(kind, Small);
        await using var atbb = Doctor(it, "--relay", it.Pds.Origin.ToString(), "--json");
        var code = await atbb.ExitAsync();

        // The tests' PostgreSQL is one whose plug may be pulled.
        Assert.True(code == (kind is DatabaseKind.PostgreSql ? 8 : 0), $"{atbb}");
        var findings = Json(atbb.Output).GetProperty("findings").EnumerateArray().ToList();
        foreach (var check in new[] { "database", "clock", "plc", "forum", "relay", "cluster", "ports" })
            Assert.Contains(findings, finding => finding.GetProperty("check").GetString() == check && finding.GetProperty("verdict").GetString() == "ok");
        var problems = findings.Where(finding => finding.GetProperty("verdict").GetString() == "problem").Select(finding => finding.GetProperty("message").GetString()!).ToList();
        Assert.Equal(kind is DatabaseKind.PostgreSql ? 2 : 0, problems.Count);
        Assert.All(problems, problem => Assert.Contains(" is off", problem, StringComparison.Ordinal));
        await using var index = it.Database.Open();
        Assert.Equal(0, (await index.ReadSchemaAsync(Ends)).Applied);
        Assert.False(kind is DatabaseKind.Sqlite && File.Exists(it.Database.Value));
    }

    [Fact]
    public async Task Doctor_OnACluster_TellsTheLivingFromTheStale()
    {
        await using var it = await ForumCase.CreateAsync(DatabaseKind.PostgreSql, Small);
        await using var serve = it.Site.Serve();
        using var admin = new AdminClient(it.Site.AdminPort);
        await admin.ReadyAsync(serve);
        await using var well = Doctor(it);
        await well.ExitAsync();
        Assert.Contains("is alive.", well.Output, StringComparison.Ordinal);
        Assert.Contains("the tables are this release's.", well.Output, StringComparison.Ordinal);

        await serve.KillAsync();
        await using (var index = it.Database.Open())
        await using (var connection = await index.Orleans.OpenConnectionAsync(Ends))
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "update OrleansMembershipTable set IAmAliveTime = IAmAliveTime - interval '1 hour'";
            Assert.Equal(1, await command.ExecuteNonQueryAsync(Ends));
        }

        await using var ill = Doctor(it);
        Assert.True(await ill.ExitAsync() == 8, $"{ill}");
        Assert.Matches("PROBLEM  cluster .* gave its last sign of life 3,6.. s ago", ill.Output);
    }

    [Fact]
    public async Task Doctor_NothingAnswers_SaysWhatToDoInOneLineEach()
    {
        await using var it = await ForumCase.CreateAsync(DatabaseKind.Sqlite, Small);
        await it.Pds.DisposeAsync();
        await using var atbb = Doctor(it, "--relay", "http://127.0.0.1:9", "--database", "postgresql://u:secret@127.0.0.1:9/atbb");

        Assert.True(await atbb.ExitAsync() == 8, $"{atbb}");
        Assert.DoesNotContain("secret", atbb.Output, StringComparison.Ordinal);
        foreach (var line in new[] { "PROBLEM  database  127.0.0.1:9/atbb cannot be used", "PROBLEM  plc ", "PROBLEM  forum ", "warning  relay ", "warning  settings " })
            Assert.Contains(line, atbb.Output, StringComparison.Ordinal);
        Assert.All(atbb.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches("^(ok|warning|PROBLEM) ", line));
    }

    [Fact]
    public async Task Doctor_AFolderThatNobodyMayWriteTo_IsAProblem()
    {
        await using var it = await ForumCase.CreateAsync(DatabaseKind.Sqlite, Small);
        await using var atbb = Doctor(it, "--database", "/proc/atbb/atbb.db");

        Assert.True(await atbb.ExitAsync() == 8, $"{atbb}");
        Assert.Matches("PROBLEM  database .* may read and write it and its folder", atbb.Output);
    }

    [Fact]
    public async Task Doctor_AUserWhoMayNotMakeTables_IsAProblem()
    {
        await using var it = await ForumCase.CreateAsync(DatabaseKind.PostgreSql, Small);
        await using (var index = it.Database.Open())
        await using (var connection = await index.Orleans.OpenConnectionAsync(Ends))
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "create role stranger login password 'stranger'";
            await command.ExecuteNonQueryAsync(Ends);
        }

        await using var atbb = Doctor(it, "--database", new UriBuilder(it.Database.Value) { UserName = "stranger", Password = "stranger" }.Uri.ToString());

        Assert.True(await atbb.ExitAsync() == 8, $"{atbb}");
        Assert.Matches("PROBLEM  database .*stranger may not make tables there", atbb.Output);
    }

    [Fact]
    public async Task Backfill_Json_WritesOneDocumentAndNothingElse()
    {
        await using var it = await ForumCase.CreateAsync(DatabaseKind.Sqlite, Small);
        await using var atbb = it.Site.Backfill("full_sync", it.Dids, "--json");

        Assert.True(await atbb.ExitAsync() == 0, $"{atbb}");
        Assert.Equal("completed", Json(atbb.Output).GetProperty("status").GetString());
        Assert.Contains("has begun", atbb.Errors, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Completions { get; } = new()
    {
        { "atbb ru", "run runs" },
        { "atbb run", "run runs" },
        { "atbb start --type ", "catch_up full_sync" },
        { "atbb start --w", "--watch" },
        { "atbb errors 7 --kind unr", "unreachable" },
        { "atbb completion ", "bash fish zsh" },
    };

    [Theory]
    [MemberData(nameof(Completions))]
    public async Task Completion_InBash_OffersWhatFits(string line, string offered)
    {
        // As readline does it: the words, the cursor at the end, and the function that the script has registered.
        Assert.Equal(offered, await OfferedAsync(["bash", "--norc", "-c", """
            PATH="$1:$PATH"
            eval "$(atbb completion bash)" || exit 1
            COMP_LINE=$2 COMP_POINT=${#2}
            read -ra COMP_WORDS <<<"$2"
            [[ $2 == *' ' ]] && COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            registered=$(complete -p atbb) || exit 1
            [[ $registered =~ -F\ ([^ ]+) ]] && "${BASH_REMATCH[1]}"
            printf '%s\n' "${COMPREPLY[@]}"
            """, "bash"], line));
    }

    [Fact]
    public async Task Completion_InZsh_OffersWhatFits()
    {
        // Where there is no zsh: the function, what is asked, and to whom it is told.
        await AssertScriptAsync("zsh", "_atbb() {", "[suggest:${#line}]", "compdef _atbb atbb");
        if (!IsHere("zsh"))
            return;
        foreach (var (line, offered) in Completions.Select(static row => row.Data))
            Assert.Equal(offered, await OfferedAsync(["zsh", "-f", "-c", """
                PATH="$1:$PATH"
                compdef() { registered=$1; }
                compadd() { shift; print -rl -- "$@"; }
                eval "$(atbb completion zsh)" || exit 1
                words=(${=2})
                [[ $2 == *' ' ]] && words+=('')
                CURRENT=$#words
                $registered
                """, "zsh"], line));
    }

    [Fact]
    public async Task Completion_InFish_OffersWhatFits()
    {
        await AssertScriptAsync("fish", "function __atbb_complete", "\"[suggest:\"", "complete -c atbb -f -a '(__atbb_complete)'");
        if (!IsHere("fish"))
            return;
        foreach (var (line, offered) in Completions.Select(static row => row.Data))
            Assert.Equal(offered, await OfferedAsync(["fish", "--no-config", "-c", """
                set -x PATH $argv[1] $PATH
                atbb completion fish | source; or exit 1
                complete -C $argv[2]
                """], line));
    }

    static bool IsHere(string program) => Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    static async Task AssertScriptAsync(string shell, params string[] parts)
    {
        await using var atbb = AtbbProcess.Start(Path.GetTempPath(), ["completion", shell]);
        Assert.True(await atbb.ExitAsync() == 0, $"{atbb}");
        Assert.All(parts, part => Assert.Contains(part, atbb.Output, StringComparison.Ordinal));
    }

    /// <summary>What a shell would offer, sorted.</summary>
    /// <param name="shell">How it is started; after that it is given the folder that has the program, and the line.</param>
    /// <param name="line">The line.</param>
    static async Task<string> OfferedAsync(string[] shell, string line)
    {
        using var process = Process.Start(new ProcessStartInfo(shell[0], [.. shell[1..], AppContext.BaseDirectory.TrimEnd('/'), line])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync(Ends);
        var output = await process.StandardOutput.ReadToEndAsync(Ends);
        await process.WaitForExitAsync(Ends);

        Assert.True(process.ExitCode == 0, await errors);
        return string.Join(' ', output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    static AtbbProcess Doctor(ForumCase it, params IEnumerable<string> more) => AtbbProcess.Start(it.Site.Folder,
    [
        "doctor", "--forum", it.Forum.Forum.Did, "--plc", it.Pds.Origin.GetLeftPart(UriPartial.Authority),
        .. AtbbSite.Set("Network:AllowPrivateAddresses", "true"),
        // Another test's process may have the port that is the default.
        .. AtbbSite.Set("Admin:Url", $"http://127.0.0.1:{it.Site.AdminPort}"),
        .. more.Contains("--database") ? [] : new[] { "--database", it.Database.Value },
        .. more,
    ]);

    static JsonElement Json(string text) => JsonSerializer.Deserialize<JsonElement>(text);
}
