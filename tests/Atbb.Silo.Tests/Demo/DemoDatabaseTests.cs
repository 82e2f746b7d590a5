using Atbb.Indexing.Databases;
using Atbb.Sample;
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

    async Task AddRunAsync(string status)
    {
        await using var database = IndexDatabase.Create(DatabaseTarget.Sqlite(Database), NullLoggerFactory.Instance);
        await database.MigrateAsync(TestContext.Current.CancellationToken);
        await using var connection = await database.Index.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await connection.ExecuteAsync("insert into backfill_progress (status, backfill_type, started_at, updated_at) values (@status, 'full_sync', '', '')", new { status });
    }
}
