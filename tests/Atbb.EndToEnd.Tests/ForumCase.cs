using Atbb.EndToEnd.Tests.Processes;
using Atbb.EndToEnd.Tests.Truth;
using Atbb.Indexing.Databases;
using Atbb.Sample;

namespace Atbb.EndToEnd.Tests;

/// <summary>A generated forum on a sample PDS, an empty database, and a place where <c>atbb</c> runs.</summary>
sealed class ForumCase : IAsyncDisposable
{
    ForumCase(SampleForum forum, SamplePds pds, IndexAddress database, AtbbSite site) =>
        (Forum, Pds, Database, Site) = (forum, pds, database, site);

    public SampleForum Forum { get; }

    public SamplePds Pds { get; }

    public IndexAddress Database { get; }

    public AtbbSite Site { get; }

    public IEnumerable<string> Dids => Forum.Users.Select(user => user.Did);

    /// <summary>Large enough for a kill to have a middle to fall into: repositories of one page, one of a dozen, boards of several.</summary>
    public static SampleForumOptions Size { get; } = new() { Users = 25, PostsPerUser = 20, ExtraPostsOfFirstUser = 1_000, Boards = 230, ModActions = 120 };

    public static async Task<ForumCase> CreateAsync(DatabaseKind kind, SampleForumOptions size, params IReadOnlyList<string> settings) =>
        await CreateAsync(await IndexAddress.CreateAsync(kind), size, settings);

    public static async Task<ForumCase> CreateAsync(IndexAddress database, SampleForumOptions size, params IReadOnlyList<string> settings)
    {
        var forum = SampleForum.Generate(size);
        var pds = await SamplePds.StartAsync();
        forum.HostOn(pds);
        return new ForumCase(forum, pds, database, new AtbbSite(forum.Forum.Did, database.Value, pds.Origin, settings));
    }

    /// <summary>Reads everything once, so that there is an index.</summary>
    public async Task FillAsync()
    {
        await using var atbb = Site.Backfill("full_sync", Dids);
        Assert.True(await atbb.ExitAsync() == 0, $"The first run has failed.\n{atbb}");
    }

    /// <summary>The index is what the repositories are now, and the run has counted right.</summary>
    public async Task AssertIndexAsync(RunFigures run, ForumSnapshot? before, string context)
    {
        await using var index = Database.Open();
        await IndexCheck.AssertAsync(index, run, ForumSnapshot.Of(Forum), before, context);
    }

    public async ValueTask DisposeAsync()
    {
        Site.Dispose();
        await Pds.DisposeAsync();
        Database.Dispose();
    }
}
