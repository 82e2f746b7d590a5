using Atbb.AppView.Search;
using Atbb.Client;
using Atbb.EndToEnd.Tests.Processes;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Indexing.Databases;
using Atbb.Sample;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Atbb.AppView.Tests;

/// <summary>A forum on a sample PDS, the real service that has read it, and the site on its index.</summary>
public sealed class ServedForum : IAsyncDisposable
{
    readonly IndexAddress database;
    readonly AtbbSite site;
    readonly AtbbProcess service;
    readonly WebApplication app;

    ServedForum(WrittenForum forum, SamplePds pds, IndexAddress database, AtbbSite site, AtbbProcess service, WebApplication app, AtbbClient atbb)
    {
        (Forum, Pds, this.database, this.site, this.service, this.app, Atbb) = (forum, pds, database, site, service, app, atbb);
        Origin = new Uri(app.Urls.Single());
    }

    /// <summary>What is in it.</summary>
    public WrittenForum Forum { get; }

    /// <summary>Where its repositories are.</summary>
    public SamplePds Pds { get; }

    /// <summary>Where the site is.</summary>
    public Uri Origin { get; }

    /// <summary>A client of the service. That of the site has a page's patience; on a busy machine more is needed.</summary>
    public AtbbClient Atbb { get; }

    /// <summary>The id of the row of a post.</summary>
    public async Task<long> IdOfAsync(SampleRecord post)
    {
        ArgumentNullException.ThrowIfNull(post);
        await using var index = database.Open();
        await using var connection = await index.Index.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"select id from posts where rkey = '{post.Rkey}' and did = '{post.Uri.Split('/')[2]}'";
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    internal static async Task<ServedForum> StartAsync(DatabaseKind kind)
    {
        var forum = new WrittenForum();
        var pds = await SamplePds.StartAsync();
        forum.Sample.HostOn(pds);
        var database = await IndexAddress.CreateAsync(kind);
        var site = new AtbbSite(forum.Did, database.Value, pds.Origin);
        var service = site.Serve();
        var app = ForumSite.Build(["--forum", forum.Did, "--database", database.Value, "--gateway", $"127.0.0.1:{site.GatewayPort}", "--urls", "http://127.0.0.1:0"]);

        var atbb = new AtbbClient(new AtbbClientOptions
        {
            ForumDid = forum.Did,
            Database = database.Value,
            Gateway = $"127.0.0.1:{site.GatewayPort}",
            Patience = AtbbProcess.Patience,
        });
        await atbb.StartAsync(RunType.FullSync, forum.Sample.Users.Select(user => user.Did), cancellationToken: TestContext.Current.CancellationToken);
        var run = await atbb.WatchAsync(TestContext.Current.CancellationToken).LastAsync(TestContext.Current.CancellationToken);
        Assert.True(run is { Status: RunStatus.Completed, Counts.Failed: 0 }, $"{run}\n{service}");

        await app.StartAsync(TestContext.Current.CancellationToken);
        await SearchUpkeep.TakeInAllAsync(app.Services.GetRequiredService<ISearchIndex>(), TestContext.Current.CancellationToken);
        return new ServedForum(forum, pds, database, site, service, app, atbb);
    }

    /// <summary>Ends site, service and PDS.</summary>
    public async ValueTask DisposeAsync()
    {
        await Atbb.DisposeAsync();
        await app.StopAsync();
        await app.DisposeAsync();
        await service.DisposeAsync();
        site.Dispose();
        await Pds.DisposeAsync();
        database.Dispose();
    }
}
