using Atbb.AtProto.Syntax;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Indexing.Databases;
using Atbb.Sample;
using Atbb.Testing.Databases;

namespace Atbb.Grains.Tests.Cluster;

public class LongForumDidTests
{
    public static TheoryData<DatabaseKind> Kinds => [.. TestDatabase.Kinds];

    /// <summary>It is the key of a state and of a reminder, and of rows in indexes whose entries have a length, too.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Run_OfAForumWhoseDidIsAsLongAsAny_IsRememberedAndCompletes(DatabaseKind kind)
    {
        Assert.SkipWhen(kind is DatabaseKind.PostgreSql && PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
        // By chance: what repeats itself would be packed by the database, and be shorter in its indexes than it is.
        var did = "did:plc:" + new Random(1).GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", Did.MaxLength - "did:plc:".Length);
        await using var cluster = await ForumCluster.StartAsync(kind: kind, forumDid: did);
        var repo = new SampleRepo(did, "long.example");
        repo.Put("space.atbb.forum.forum", "self", """{ "$type": "space.atbb.forum.forum", "name": "Long", "createdAt": "2025-01-01T00:00:00Z" }""");
        repo.Put("space.atbb.forum.category", "general", """{ "$type": "space.atbb.forum.category", "name": "General", "createdAt": "2025-01-01T00:00:00Z" }""");
        cluster.Pds.Host(repo);
        var goesOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Pds.BeforeAnswer = request => request.IsListing ? goesOn.Task : Task.CompletedTask;
        var grain = cluster.BackfillOf(did);

        var start = await grain.StartAsync(new StartRequest { Force = RunType.FullSync });
        await cluster.TickAsync(grain, "run");
        await cluster.DeactivateAsync(grain);
        await cluster.TickAsync(grain, "run");
        goesOn.SetResult();

        RunProgress? end = null;
        await foreach (var progress in grain.WatchAsync(TestContext.Current.CancellationToken))
            end = progress;
        Assert.Equal((start.RunId, RunStatus.Completed), (end!.RunId, end.Status));
        Assert.Equal(2, end.Counts.Indexed);
        Assert.Equal([[did]], await cluster.Database.QueryAsync("select did from forums"));
        await cluster.UntilForgottenAsync(grain, "run");
    }
}
