using Atbb.AppView.Forum;
using Atbb.AppView.Search;
using Atbb.Indexing.Databases;
using Atbb.Testing.Databases;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Atbb.AppView.Tests;

/// <summary>The full text follows the index, beside it.</summary>
public sealed class SearchTests
{
    static CancellationToken Ends => TestContext.Current.CancellationToken;

    public static TheoryData<DatabaseKind> Kinds { get; } = [.. TestDatabase.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task TakeIn_PostsComeChangeAndGo_FindsThemAsTheyAre(DatabaseKind kind)
    {
        Assert.SkipWhen(kind is DatabaseKind.PostgreSql && PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
        await using var database = await TestDatabase.CreateAsync(kind);
        ISearchIndex search = kind is DatabaseKind.PostgreSql ? new PostgresSearch(database.Index) : new SqliteSearch(database.Address);
        var reader = new ForumReader(database.Index, new SiteOptions("did:plc:forum", database.Address, "", ""), TimeProvider.System);
        await database.ExecuteAsync(
            """
            insert into forums (id, did, rkey, cid, record, created_at, indexed_at, name)
            values (1, 'did:plc:forum', 'self', 'f', '{}', '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', 'The Shed')
            """);
        await PutAsync(database, 1, "a", "an apple");
        // Beyond the first stretch of ids.
        await PutAsync(database, 12_001, "b", "a banana");
        await SearchUpkeep.TakeInAllAsync(search, Ends);
        Assert.Equal("1", await FindAsync("apple"));
        Assert.Equal("12001", await FindAsync("Banana"));

        await database.ExecuteAsync("update posts set text = 'a cherry', cid = 'c' where id = 1");
        await database.ExecuteAsync("delete from posts where id = 12001");
        await PutAsync(database, 12_002, "d", "a date");
        await SearchUpkeep.TakeInAllAsync(search, Ends);
        // Once more: nothing is there twice.
        await SearchUpkeep.TakeInAllAsync(search, Ends);

        Assert.Equal("", await FindAsync("apple"));
        Assert.Equal("", await FindAsync("banana"));
        Assert.Equal("1", await FindAsync("cherry"));
        Assert.Equal("12002, 1", await FindAsync("a"));

        async Task<string> FindAsync(string typed) => string.Join(", ", (await reader.SearchAsync(search, typed, 1, Ends)).Posts.Select(post => post.Id));
    }

    [Fact]
    public async Task TakeIn_TheServiceWritesToTheIndex_WaitsForNobody()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseKind.Sqlite);
        var search = await SearchOverAnAppleAsync(database);
        await using var service = await database.Index.Index.OpenConnectionAsync(Ends);
        await service.ExecuteAsync("begin immediate");

        await search.TakeInAsync(0, 1, Ends);

        await service.ExecuteAsync("rollback");
        Assert.Equal(1, await search.LastAsync(Ends));
        await using var connection = await search.OpenAsync(Ends);
        Assert.Equal(1, await connection.ExecuteScalarAsync<int>("select count(*) from taken_in"));
    }

    /// <summary>As when another of the site's processes takes posts in.</summary>
    [Fact]
    public async Task TakeIn_SomebodyElseWritesToTheFullText_WaitsForItsTurn()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseKind.Sqlite);
        var search = await SearchOverAnAppleAsync(database);
        await using var other = await search.OpenAsync(Ends);
        await other.ExecuteAsync("begin; insert into taken_in (post_id, cid) values (2, 'gone')");

        var taking = Task.Run(() => search.TakeInAsync(0, 2, Ends), Ends);
        await Task.Delay(300, Ends);
        Assert.False(taking.IsCompleted);
        await other.ExecuteAsync("commit");
        await taking;

        Assert.Equal([1], await other.QueryAsync<long>("select post_id from taken_in"));
    }

    [Fact]
    public async Task TakeIn_IndexIsNotThere_SaysSoAndMakesNone()
    {
        using var file = new SqliteFile();
        var search = new SqliteSearch(file.Path);

        var error = await Assert.ThrowsAsync<SqliteException>(() => SearchUpkeep.TakeInAllAsync(search, Ends));

        Assert.Contains(file.Path, error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(file.Path));
    }

    static async Task<SqliteSearch> SearchOverAnAppleAsync(TestDatabase database)
    {
        var search = new SqliteSearch(database.Address);
        await search.CreateAsync(Ends);
        await PutAsync(database, 1, "a", "an apple");
        return search;
    }

    static Task<int> PutAsync(TestDatabase database, long id, string cid, string text) => database.ExecuteAsync(
        $"""
        insert into posts (id, did, rkey, cid, record, created_at, indexed_at, text, forum_id)
        values ({id}, 'did:plc:a', 'r{id}', '{cid}', '{"{}"}', '2026-01-01T00:00:{id % 60:00}.000000Z', '2026-01-01T00:00:00.000000Z', '{text}', 1)
        """);
}
