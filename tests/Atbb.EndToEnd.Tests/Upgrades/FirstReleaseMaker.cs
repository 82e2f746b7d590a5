using Atbb.EndToEnd.Tests.Processes;
using Atbb.Indexing.Databases;
using Atbb.Sample;
using Atbb.Testing.Databases;
using Microsoft.Data.Sqlite;

namespace Atbb.EndToEnd.Tests.Upgrades;

/// <summary>Makes what a release leaves behind when it is killed. Run by <c>Fixtures/FirstRelease/make.sh</c>, and not with the tests.</summary>
public sealed class FirstReleaseMaker
{
    // Two pages of one repository, of which one is read when the process is killed.
    static readonly SampleForumOptions Size = new() { Users = 5, PostsPerUser = 4, ExtraPostsOfFirstUser = 110, Boards = 3 };

    static string Folder => Environment.GetEnvironmentVariable("ATBB_FIXTURES") ?? throw new InvalidOperationException("ATBB_FIXTURES names no folder.");

    [Fact(Explicit = true)]
    public async Task MakeAsync()
    {
        var forum = SampleForum.Generate(Size);
        await using var pds = await SamplePds.StartAsync();
        forum.HostOn(pds);
        await File.WriteAllTextAsync(Path.Combine(Folder, FirstRelease.ForumFile), FrozenForum.Write(forum, pds.Origin) + "\n", TestContext.Current.CancellationToken);

        foreach (var kind in TestDatabase.Kinds)
        {
            using var database = await IndexAddress.CreateAsync(kind);
            await LeaveUnfinishedAsync(forum, pds, database);
            await (kind is DatabaseKind.PostgreSql ? KeepSqlAsync(database.Value) : KeepFilesAsync(database.Value));
        }
    }

    static async Task LeaveUnfinishedAsync(SampleForum forum, SamplePds pds, IndexAddress database)
    {
        using var site = new AtbbSite(forum.Forum.Did, database.Value, pds.Origin, "Backfill:Concurrency=2", "Backfill:CheckpointInterval=00:00:00.05");
        var large = forum.Users[0].Did;
        var order = forum.Users.Select(user => user.Did).Order(StringComparer.Ordinal).ToList();
        Assert.True(order.IndexOf(large) > 0, "Another repository has to be settled before the large one.");
        pds.Log.Clear();
        bool IsSecondPage(PdsRequest request) => request.IsListing && request.Did == large && request.Collection == "space.atbb.post" && request.Cursor is not null;
        pds.Fault = request => IsSecondPage(request) ? PdsFault.HeldUntil(new TaskCompletionSource().Task) : null;
        var middle = pds.Log.ArrivedAsync(1, IsSecondPage, TestContext.Current.CancellationToken);
        await using var atbb = site.Backfill("full_sync", forum.Users.Select(user => user.Did));
        await Task.WhenAny(middle, atbb.Ended);
        await atbb.KillAsync();

        await using var index = database.Open();
        var posts = (await Truth.IndexReader.QueryAsync(index, $"select count(*) from posts where did = '{large}'"))[0][0];
        var run = (await Truth.IndexReader.QueryAsync(index, "select status from backfill_progress"))[0][0];
        Assert.Equal(("100", "in_progress"), (posts, run));
    }

    static async Task KeepSqlAsync(string url) => await File.WriteAllTextAsync(Path.Combine(Folder, FirstRelease.SqlFile), await PostgresServer.DumpAsync(url));

    static async Task KeepFilesAsync(string file)
    {
        foreach (var (from, to) in new[] { (file, FirstRelease.IndexFile), (Path.ChangeExtension(file, ".orleans.db"), FirstRelease.OrleansFile) })
        {
            var kept = Path.Combine(Folder, to);
            File.Delete(kept);
            await using var connection = new SqliteConnection($"Data Source={from};Pooling=false");
            await connection.OpenAsync();
            // Whole and in one file, with what stood in the log.
            await using var command = new SqliteCommand("vacuum into @kept", connection);
            command.Parameters.AddWithValue("@kept", kept);
            await command.ExecuteNonQueryAsync();
        }
    }
}
