using Atbb.Grains.Interfaces.Runs;
using Atbb.Indexing.Databases;
using Atbb.Sample;
using Atbb.Testing.Databases;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>What a record allocates on all of its way. Nothing else is tested beside it: the bytes are those of the whole process, the sample PDS included.</summary>
[Collection(Alone)]
public sealed class AllocationTests
{
    const string Alone = "allocations";
    const int Users = 50;

    // The least of so many: what fills caches and pools for the first time is not a record's.
    const int Runs = 2;

    // Measured, 2,710 and 9,870, and a fifth on top. Both sizes have as many pages and requests, so that what is not the records' falls out. On SQLite
    // each row is a statement of its own, whose driver takes a text of the JSON and a box for each value.
    [Theory]
    [InlineData(DatabaseKind.PostgreSql, 3_250)]
    [InlineData(DatabaseKind.Sqlite, 11_850)]
    public async Task FullSync_NineTimesTheRecordsOnAsManyPages_AllocatesLittleForEach(DatabaseKind kind, long mostBytes)
    {
        Assert.SkipWhen(kind == DatabaseKind.PostgreSql && PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");

        var few = await LeastBytesAsync(kind, postsPerUser: 10);
        var many = await LeastBytesAsync(kind, postsPerUser: 90);

        Assert.InRange((many - few) / (Users * (90 - 10)), 1, mostBytes);
    }

    // What a member costs beside its records, the sample PDS's part included: a DID document, four pages, two writes, and the calls of its grain. Measured, 308,700, and a
    // fifth on top.
    [Fact]
    public async Task FullSync_ThreeTimesTheMembers_AllocatesLittleForEach()
    {
        Assert.SkipWhen(PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");

        var few = await LeastBytesAsync(DatabaseKind.PostgreSql, postsPerUser: 1);
        var many = await LeastBytesAsync(DatabaseKind.PostgreSql, postsPerUser: 1, members: 3 * Users);

        Assert.InRange((many - few) / (2 * Users), 1, 370_000);
    }

    static async Task<long> LeastBytesAsync(DatabaseKind kind, int postsPerUser, int members = Users)
    {
        var least = long.MaxValue;
        for (var i = 0; i < Runs; i++)
        {
            await using var cluster = await ForumCluster.StartAsync(
                new SampleForumOptions { Users = members, PostsPerUser = postsPerUser },
                kind,
                // How many pages share a transaction and its buffers is chance, and so is how often a run saves its state.
                configure: options => (options.Concurrency, options.CheckpointInterval) = (1, TimeSpan.FromHours(1)));
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var run = await cluster.RunAsync(RunType.FullSync);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
            Assert.Equal((long)cluster.Forum.RecordCount, run.Counts.Indexed);
        }

        return least;
    }

    /// <summary>What runs beside nothing else.</summary>
    [CollectionDefinition(Alone, DisableParallelization = true)]
    public sealed class OnItsOwn;
}
