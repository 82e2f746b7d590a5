using Atbb.Bench.Forums;
using Atbb.EndToEnd.Tests.Processes;
using Atbb.EndToEnd.Tests.Truth;
using Atbb.Indexing.Databases;
using Atbb.Sample;
using Atbb.Testing.Profiles;
using Microsoft.Extensions.Logging.Abstractions;
using BenchCheck = Atbb.Bench.Indexes.IndexCheck;

namespace Atbb.EndToEnd.Tests;

/// <summary>The benchmark of whole backfills: that it runs, says no where no is due, and leaves nothing behind. No time is held against anything.</summary>
[Collection(Demos.Name)]
public sealed class BenchTests : IDisposable
{
    const int Interrupted = 130;

    // Several runs, one after another, on a machine that is busy with other tests.
    static readonly TimeSpan Patience = 3 * AtbbProcess.Patience;

    static readonly string Atbb = Path.Combine(AppContext.BaseDirectory, "atbb");

    // Ten members.
    static readonly string[] Small = ["run", "--sqlite", "--scale", "0.005"];

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("atbb-bench-tests-");

    /// <summary>What an index may have lost, or may have wrong.</summary>
    static readonly string[] Losses =
    [
        "delete from posts where id = (select max(id) from posts)",
        "update posts set cid = cid || 'x' where id = 1",
        "update posts set root_post_id = null where root_post_id is not null",
        "update posts set parent_post_id = id where parent_post_id is not null",
        "update posts set parent_uri = null, parent_post_id = null where parent_post_id is not null",
        "update posts set board_id = null where id = 1",
        "update posts set forum_id = forum_id + 1 where id = 1",
        "update memberships set role_id = null",
        "update boards set category_id = category_id + 1",
    ];

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Run_OneBuildAgainstItself_ShowsBothAsWholeAndTheirRatio()
    {
        await using var bench = Start([.. Small, "--workloads", "W1,W3", "--rounds", "1", "--against", Atbb]);

        Assert.True(await bench.ExitAsync(Patience) == 0, $"{bench}");
        var rows = Rows(bench);
        Assert.Equal(["W1 atbb yes", "W1 this yes", "W3 atbb yes", "W3 this yes"], rows.Where(row => row.Length > 6).Select(row => $"{row[0][..2]} {row[1]} {row[^1]}"));
        Assert.Equal(["W1", "W3"], rows.Where(row => row.Length is > 1 and <= 6).Select(row => row[0]));
    }

    [Fact]
    public async Task Run_AgainstThePlainLoop_ShowsBothAsWhole()
    {
        // A server of its own, run as another user where these tests are root's: not in this test's folder, which is nobody else's.
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It reads /proc.");
        await using var bench = AtbbProcess.StartBench(folder.FullName, ["run", "--plain", "--scale", "0.01", "--workloads", "W1,W2", "--rounds", "1"], new Dictionary<string, string?>());

        Assert.True(await bench.ExitAsync(Patience) == 0, $"{bench}");
        Assert.Equal(["W1 plain loop yes", "W1 this yes", "W2 plain loop yes", "W2 this yes"], Rows(bench).Where(row => row.Length > 6).Select(row => $"{row[0][..2]} {row[1]} {row[^1]}"));
    }

    [Theory]
    [InlineData("--sqlite", "--workloads", "W1")]
    [InlineData("--workloads", "W3")]
    [InlineData("--workloads", "W1", "--against", "HEAD")]
    public async Task Run_AgainstThePlainLoopWhereItCannot_SaysSo(params string[] options)
    {
        await using var bench = Start(["run", "--plain", .. options]);

        Assert.True(await bench.ExitAsync(Patience) == 1, $"{bench}");
        Assert.Contains("(--plain)", bench.Errors, StringComparison.Ordinal);
        Assert.Empty(Rows(bench));
    }

    [Theory]
    [InlineData("""exec "$ATBB" "$@" | sed 's/"recordsIndexed":[0-9]*/"recordsIndexed":1/'""", "other NO")]
    [InlineData("exit 3")]
    public async Task Run_AgainstOneThatLiesOrFails_SaysSoAndShowsWhatWasMeasured(string script, params string[] othersRows)
    {
        var other = Path.Combine(folder.FullName, "other");
        await File.WriteAllTextAsync(other, $"#!/bin/sh\nATBB='{Atbb}'\n{script}\n", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(other, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await using var bench = Start([.. Small, "--workloads", "W1", "--rounds", "1", "--against", other]);

        Assert.True(await bench.ExitAsync(Patience) == 1, $"{bench}");
        Assert.Equal([.. othersRows, "this yes"], Rows(bench).Where(row => row.Length > 6).Select(row => $"{row[1]} {row[^1]}"));
    }

    [Fact]
    public async Task Run_Interrupted_ShowsWhatWasMeasuredAndLeavesNothing()
    {
        await using var bench = Start([.. Small, "--workloads", "W1", "--rounds", "1000"]);
        await Poll.UntilAsync(
            _ => Task.FromResult(bench.Errors is var said && said.Contains("round 1:", StringComparison.Ordinal) ? said : null), AtbbProcess.Patience, () => $"the first round\n{bench}");
        await bench.SignalAsync("INT");

        Assert.True(await bench.ExitAsync(Patience) == Interrupted, $"{bench}");
        Assert.Contains(Rows(bench), row => row[^1] == "yes");
        Assert.Empty(folder.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task Profile_OfABuild_NamesWhatItCompiledWhileItRan()
    {
        var profiles = folder.CreateSubdirectory("profiles");
        await using var bench = Start("profile", "--sqlite", "--program", Atbb, "--out", profiles.FullName);

        Assert.True(await bench.ExitAsync(Patience) == 0, $"{bench}");
        Assert.Equal(["first-sqlite.mibc", "unchanged-sqlite.mibc"], profiles.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal));
        foreach (var profile in profiles.GetFiles())
        {
            var types = ProfileFile.Types(profile.FullName);
            // This build is compiled while it runs, all of it.
            Assert.Contains(("Atbb.Grains", "Atbb.Grains.Runs.BackfillGrain"), types);
            Assert.Contains(types, type => type is ("System.Private.CoreLib", "System.Runtime.CompilerServices.AsyncTaskMethodBuilder`1+AsyncStateMachineBox`1"));
            Assert.DoesNotContain(types, type => type.Assembly == "Atbb.Profile");
            Assert.True(ProfileFile.Methods(profile.FullName) > 1_000, profile.Name);
        }
    }

    [Fact]
    public async Task Check_OfAnIndexThatWasTamperedWith_SaysWhatIsWrong()
    {
        await using var forum = await ForumCase.CreateAsync(DatabaseKind.Sqlite, new SampleForumOptions { Users = 3, PostsPerUser = 8 });
        await forum.FillAsync();

        Assert.Empty(await FaultsAsync(forum, "select 1"));
        foreach (var loss in Losses)
            Assert.True((await FaultsAsync(forum, loss)).Count > 0, loss);
    }

    // Of a copy: the next one begins with the index as it was.
    async Task<IReadOnlyList<string>> FaultsAsync(ForumCase forum, string statement)
    {
        var copy = Path.Combine(folder.FullName, "copy.db");
        File.Copy(forum.Database.Value, copy);
        try
        {
            await using var index = IndexDatabase.Create(DatabaseTarget.Parse(copy), NullLoggerFactory.Instance);
            await IndexReader.QueryAsync(index, statement);
            return await BenchCheck.FaultsAsync(index, RecordTally.Of(forum.Forum).Digests(), TestContext.Current.CancellationToken);
        }
        finally
        {
            foreach (var file in folder.GetFiles("copy.db*"))
                file.Delete();
        }
    }

    AtbbProcess Start(params IReadOnlyList<string> arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It reads /proc.");
        return AtbbProcess.StartBench(folder.FullName, arguments, new Dictionary<string, string?> { ["TMPDIR"] = folder.FullName });
    }

    // The cells of the tables, without their heads and rules.
    static IReadOnlyList<string[]> Rows(AtbbProcess bench) =>
    [
        .. bench.Output.Split('\n').Where(line => line.StartsWith("| W", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1]),
    ];
}
