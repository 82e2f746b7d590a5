using Atbb.AppView.Forum;
using Atbb.AppView.Search;
using Atbb.Indexing.Databases;
using Atbb.Testing.Databases;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Atbb.AppView.Tests;

/// <summary>The role that docs/appview.md gives a site.</summary>
public sealed class RoleTests
{
    const string Forum = "did:plc:forum";

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DocumentedRole_OnPostgreSql_ReadsTheIndexAndWritesItsOwnSchema()
    {
        Assert.SkipWhen(PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
        await using var database = await TestDatabase.CreateAsync(DatabaseKind.PostgreSql);
        await database.ExecuteAsync(await DocumentedAsync());
        await database.ExecuteAsync(
            $$"""
            insert into forums (id, did, rkey, cid, record, created_at, indexed_at, name) values (1, '{{Forum}}', 'self', 'f', '{}', now(), now(), 'The Shed');
            insert into boards (id, did, rkey, cid, record, created_at, indexed_at, name) values (1, '{{Forum}}', 'b', 'b', '{}', now(), now(), 'Introductions');
            insert into posts (id, did, rkey, cid, record, created_at, indexed_at, text, forum_id, board_id) values (1, 'did:plc:a', 'p', 'p', '{}', now(), now(), 'A scythe.', 1, 1);
            """);
        var address = new UriBuilder(database.Address) { UserName = "appview", Password = "secret" }.Uri.ToString();
        await using var own = IndexDatabase.Create(DatabaseTarget.Parse(address), NullLoggerFactory.Instance);
        var (search, reader) = (new PostgresSearch(own), new ForumReader(own, new SiteOptions(Forum, address, "", ""), TimeProvider.System));

        // The second time its tables are there.
        await SearchUpkeep.TakeInAllAsync(search, Ends);
        await SearchUpkeep.TakeInAllAsync(search, Ends);

        Assert.Single((await reader.SearchAsync(search, "scythe", 1, Ends)).Posts);
        Assert.Single((await reader.ReadCategoriesAsync(Ends)).Single().Boards);
        Assert.Single((await reader.ReadThreadAsync(1, 1, Ends))!.Posts.Items);
        Assert.Empty((await reader.ReadMembersAsync(1, Ends)).Items);
        await using var connection = await own.Index.OpenConnectionAsync(Ends);
        // By this Orleans's client finds the service.
        await connection.ExecuteAsync((await connection.QuerySingleAsync<string>("select QueryText from OrleansQuery where QueryKey = 'GatewaysQueryKey'")), new { DeploymentId = "atbb", Status = 3 });
        foreach (var refused in new[] { "delete from posts", "update users set status = 'active'", "select * from sign_ins", "create table public.mine (id bigint)" })
            Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(refused))).SqlState);
    }

    /// <summary>The statements, from the first to the last of the block that makes the role.</summary>
    static async Task<string> DocumentedAsync()
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "appview.md"), Ends);
        var block = lines.SkipWhile(line => !line.StartsWith("    create role ", StringComparison.Ordinal)).TakeWhile(line => line.StartsWith("    ", StringComparison.Ordinal));
        return string.Join('\n', block).Replace("'…'", "'secret'", StringComparison.Ordinal);
    }
}
