using Atbb.Indexing.Databases;
using Atbb.Silo.Configuration;
using Atbb.Silo.Hosting;
using Atbb.Testing.Databases;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atbb.Silo.Tests.Hosting;

public sealed class CutOffWatchTests
{
    static CancellationToken Ends => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("select 1")]
    // As while somebody restores a backup into it: it is there, and the silo must not end for that.
    [InlineData("drop table firehose_cursor")]
    public async Task Reaches_ADatabaseThatAnswers_WhateverItSays(string before)
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseKind.Sqlite);
        await database.ExecuteAsync(before);
        using var watch = Watch(database.Index);

        Assert.True(await watch.ReachesAsync(Ends));
    }

    [Fact]
    public async Task Reaches_ADatabaseThatIsAway_IsNot()
    {
        using var file = new SqliteFile();
        await using var index = IndexDatabase.Create(DatabaseTarget.Parse(Path.Combine(file.Path, "no-folder", "forum.db")), NullLoggerFactory.Instance);
        using var watch = Watch(index);

        Assert.False(await watch.ReachesAsync(Ends));
    }

    static CutOffWatch Watch(IndexDatabase database) =>
        new(database, peers: null!, new AtbbSettings(), host: null!, TimeProvider.System, NullLogger<CutOffWatch>.Instance);
}
