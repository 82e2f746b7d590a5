using System.Text.RegularExpressions;
using Atbb.EndToEnd.Tests.Processes;
using Atbb.EndToEnd.Tests.Truth;
using Atbb.Indexing.Databases;
using Atbb.Sample;
using Atbb.Testing.Databases;

namespace Atbb.EndToEnd.Tests;

/// <summary>A PDS whose process is stopped (SIGSTOP) in the middle of a run: it keeps its connections, takes new ones, and says nothing.</summary>
[Collection(Demos.Name)]
public sealed partial class StoppedPdsTests
{
    const string ListRecords = "com.atproto.repo.listRecords";

    // The demo's PDS is the one in another process. Its own run is to last longer than this test: slow answers, many members.
    static readonly SampleForumOptions Size = new() { Users = 4_500, PostsPerUser = 5 };

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Backfill_APdsIsStoppedAndContinued_EverythingElseGoesOnAndItIsReadWhenItIsBack()
    {
        var folder = Directory.CreateTempSubdirectory("atbb-stopped-");
        await using var demo = AtbbProcess.Start(
            folder.FullName, ["demo", "--exit", "--folder", "demo", "--users", $"{Size.Users}", "--posts", $"{Size.PostsPerUser}", "--latency", "1500"]);
        var origin = new Uri(await Poll.UntilAsync(
            _ => Task.FromResult(OriginLine().Match(demo.Output + demo.Errors) is { Success: true } line ? line.Groups[1].Value : demo.HasEnded ? "" : null),
            AtbbProcess.Patience, () => $"a PDS.\n{demo}"));

        // The same forum once more, here: its own repository and twenty members. Twenty others live over there.
        var forum = SampleForum.Generate(Size);
        await using var pds = await SamplePds.StartAsync();
        var (here, there) = (forum.Users.Take(20).ToList(), forum.Users.Skip(20).Take(20).ToList());
        pds.Host([forum.Forum, .. here]);
        foreach (var user in there)
            pds.Plc.Register(user.Did, user.Handle, origin);
        using var database = await IndexAddress.CreateAsync(DatabaseKind.Sqlite);
        using var site = new AtbbSite(forum.Forum.Did, database.Value, pds.Origin,
            "Discovery:MaxRounds=0", "Backfill:MaxAttempts=100", "Backfill:RetryMaxDelay=00:00:01", "Network:RequestTimeout=00:00:05", "Network:MaxRetries=0");

        // Nobody's pages here before the other one is stopped.
        var stopped = new TaskCompletionSource();
        pds.Fault = request => request.Method == ListRecords && request.Did != forum.Forum.Did && !stopped.Task.IsCompleted ? PdsFault.HeldUntil(stopped.Task) : null;
        var asked = pds.Log.ArrivedAsync(10, request => request.Method == ListRecords && request.Did != forum.Forum.Did, Ends);
        await using var atbb = site.Backfill("full_sync", [.. here.Concat(there).Select(user => user.Did)]);
        await Task.WhenAny(asked, atbb.Ended).WaitAsync(AtbbProcess.Patience, Ends);
        await demo.SignalAsync("STOP");
        stopped.SetResult();

        await using var index = database.Open();
        await Poll.UntilAsync(
            async _ => atbb.HasEnded || await SettledAsync(index, here) == here.Count ? "" : null,
            AtbbProcess.Patience, () => $"all that is here to be read.\n{atbb}");
        Assert.False(atbb.HasEnded, $"{atbb}");
        Assert.True(await SettledAsync(index, there) < there.Count, "All was read before it was stopped.");
        await demo.SignalAsync("CONT");

        Assert.True(await atbb.ExitAsync() == 0, $"{atbb}");
        Assert.Equal(0, atbb.Figures().RecordsFailed);
        Assert.False(demo.HasEnded, $"It has not lasted.\n{demo}");
        var held = here.Concat(there).Append(forum.Forum)
            .SelectMany(repo => repo.Collections.SelectMany(collection => repo.Records(collection).Select(record => $"{repo.Did}/{collection}/{record.Rkey} {record.Cid}")));
        Assert.Equal(held.Order(StringComparer.Ordinal), (await IndexRows.ReadAsync(index)).Select(row => $"{row.Did}/{row.Collection}/{row.Rkey} {row.Cid}").Order(StringComparer.Ordinal));
        await demo.KillAsync();
        folder.Delete(recursive: true);
    }

    static Task<long> SettledAsync(IndexDatabase index, IEnumerable<SampleRepo> repos) => IndexReader.NumberAsync(
        index, $"select count(*) from repos where synced_at is not null and did in ({string.Join(", ", repos.Select(repo => $"'{repo.Did}'"))})");

    [GeneratedRegex(@"A PDS at (http://127\.0\.0\.1:\d+)")]
    private static partial Regex OriginLine();
}
