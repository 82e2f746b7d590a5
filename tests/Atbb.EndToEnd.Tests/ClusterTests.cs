using System.Net;
using System.Text.Json;
using Atbb.EndToEnd.Tests.Processes;
using Atbb.EndToEnd.Tests.Truth;
using Atbb.Indexing.Databases;

namespace Atbb.EndToEnd.Tests;

/// <summary>Several processes on one PostgreSQL are one service.</summary>
public sealed class ClusterTests
{
    // Until the others take a silo for dead, and until the reminder of its run comes by: a minute at most.
    static readonly TimeSpan TakeOver = TimeSpan.FromSeconds(150);

    [Fact]
    public async Task Serve_TheOneThatDrivesTheRunIsKilled_TheOtherFinishesIt()
    {
        await using var it = await ForumCase.CreateAsync(DatabaseKind.PostgreSql, ForumCase.Size, "Backfill:Concurrency=4");
        using var elsewhere = new AtbbSite(it.Forum.Forum.Did, it.Database.Value, it.Pds.Origin, "Backfill:Concurrency=4");
        it.Pds.Latency = TimeSpan.FromMilliseconds(40);
        await using var one = it.Site.Serve();
        await using var two = elsewhere.Serve();
        using var askOne = new AdminClient(it.Site.AdminPort);
        using var askTwo = new AdminClient(elsewhere.AdminPort);
        await askOne.ReadyAsync(one);
        await askTwo.ReadyAsync(two);
        var middle = it.Pds.Log.AnsweredAsync(40, request => request.IsListing, TestContext.Current.CancellationToken);

        var id = await askOne.MustStartAsync("full_sync", [.. it.Dids]);
        using var again = await askTwo.StartAsync("full_sync", [.. it.Dids]);
        var answer = await again.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        using (var json = JsonDocument.Parse(answer))
            Assert.Equal(id, json.RootElement.GetProperty("runId").GetInt64());

        await middle.WaitAsync(AtbbProcess.Patience, TestContext.Current.CancellationToken);
        var oneDrives = one.Errors.Contains("backfill.started", StringComparison.Ordinal);
        Assert.True(oneDrives != two.Errors.Contains("backfill.started", StringComparison.Ordinal), $"One of them must have started the run.\n{one}\n{two}");
        await (oneDrives ? one : two).KillAsync();
        var run = await (oneDrives ? askTwo : askOne).CompletedAsync(oneDrives ? two : one, TakeOver);

        Assert.Equal(id, run.RunId);
        await it.AssertIndexAsync(run, before: null, $"{(oneDrives ? two : one)}");
        var differences = new Differences();
        var repeated = it.Pds.Log.Snapshot().Where(request => request.IsListing).CountBy(page => (page.Did, page.Collection, page.Cursor)).Where(page => page.Value > 1).ToList();
        // The empty page that is written with the one before it does not count.
        var withRecords = repeated.Count(page => !PageListing.IsEnd(it.Forum.Repos.Single(repo => repo.Did == page.Key.Did), page.Key.Collection, page.Key.Cursor));
        if (withRecords > 4 || repeated.Any(page => page.Value > 2))
            differences.Add($"pages asked for again: {string.Join(", ", repeated)}");
        differences.AssertNone($"{(oneDrives ? two : one)}");
    }
}
