using Atbb.Indexing.Databases;
using Atbb.Sample;
using Atbb.Silo.Configuration;
using Atbb.Silo.Demo;
using Atbb.Silo.Hosting;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atbb.Silo.Tests.Demo;

public sealed class DemoDatabaseTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("atbb-demo-");

    string Database => Path.Combine(folder.FullName, "atbb.db");

    static SampleForumOptions Forum(int users) => new() { Users = users, PostsPerUser = 2, Seed = 1 };

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("in_progress", 10, false, true)]
    [InlineData("paused", 10, false, true)]
    [InlineData("in_progress", 11, true, false)]
    [InlineData("completed", 10, false, false)]
    public async Task Prepare_ADatabaseOfTenUsers_StaysOnlyForAnUnfinishedRunOverTheSameForum(string status, int users, bool saysSo, bool stays)
    {
        await DemoDatabase.PrepareAsync(Database, Forum(10));
        await AddRunAsync(status);

        Assert.Equal(saysSo, await DemoDatabase.PrepareAsync(Database, Forum(users)));

        Assert.Equal(stays, File.Exists(Database));
    }

    [Fact]
    public async Task Prepare_ADatabaseThatAnotherProcessHas_RemovesNothing()
    {
        await DemoDatabase.PrepareAsync(Database, Forum(10));
        await AddRunAsync("completed");
        using var other = DatabasePreparation.Lock(Database);

        await Assert.ThrowsAsync<DatabaseInUseException>(() => DemoDatabase.PrepareAsync(Database, Forum(10)));

        Assert.True(File.Exists(Database));
    }

    [Theory]
    [InlineData("atbb.db")]
    [InlineData("atbb.db-wal")]
    [InlineData("atbb.orleans.db")]
    public async Task Prepare_ADatabaseThatNoDemoMade_IsRefusedAndLeftAsItIs(string name)
    {
        var file = Path.Combine(folder.FullName, name);
        await File.WriteAllTextAsync(file, "somebody's", TestContext.Current.CancellationToken);

        var refusal = await Assert.ThrowsAsync<BadSettingsException>(() => DemoDatabase.PrepareAsync(Database, Forum(10)));

        Assert.Contains(file, Assert.Single(refusal.Faults), StringComparison.Ordinal);
        Assert.Equal("somebody's", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        // Asked again, it is still not the demo's.
        await Assert.ThrowsAsync<BadSettingsException>(() => DemoDatabase.PrepareAsync(Database, Forum(10)));
    }

    [Fact]
    public async Task Prepare_AfterADemo_RemovesItsOwnFilesAndNoOthers()
    {
        await DemoDatabase.PrepareAsync(Database, Forum(10));
        await AddRunAsync("completed");
        string[] own = ["atbb.db", "atbb.db-wal", "atbb.db-shm", "atbb.db-journal", "atbb.orleans.db", "atbb.orleans.db-wal", "atbb.orleans.db-shm", "atbb.orleans.db-journal"];
        string[] others = ["atbb.notes.txt", "atbb.db.bak", "atbb.orleans.txt"];
        foreach (var name in others.Concat(own).Select(Inside).Where(file => !File.Exists(file)))
            await File.WriteAllTextAsync(name, "", TestContext.Current.CancellationToken);

        await DemoDatabase.PrepareAsync(Database, Forum(10));

        Assert.All(own, name => Assert.False(File.Exists(Inside(name)), name));
        Assert.All(others, name => Assert.True(File.Exists(Inside(name)), name));

        string Inside(string name) => Path.Combine(folder.FullName, name);
    }

    async Task AddRunAsync(string status)
    {
        await using var database = IndexDatabase.Create(DatabaseTarget.Sqlite(Database), NullLoggerFactory.Instance);
        await database.MigrateAsync(TestContext.Current.CancellationToken);
        await using var connection = await database.Index.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await connection.ExecuteAsync("insert into backfill_progress (status, backfill_type, started_at, updated_at) values (@status, 'full_sync', '', '')", new { status });
    }
}
