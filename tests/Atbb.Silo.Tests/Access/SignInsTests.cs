using Atbb.Indexing.Access;
using Atbb.Indexing.Databases;
using Atbb.Silo.Access;
using Atbb.Testing.Databases;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atbb.Silo.Tests.Access;

public sealed class SignInsTests
{
    static CancellationToken Ends => TestContext.Current.CancellationToken;

    /// <summary>As with a full disk, or a server that has become a standby: the operator needs the page just then.</summary>
    [Fact]
    public async Task IsOpen_OfOneThatTheDatabaseDidNotTake_IsWhereItBeganAndEverywhereOnceItDoes()
    {
        Assert.SkipWhen(PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
        await using var database = await TestDatabase.CreateAsync(DatabaseKind.PostgreSql);
        var role = await AddReaderAsync(database);
        await using var index = As(role, database);
        var here = new SignIns(new SignInStore(index, TimeProvider.System), TimeProvider.System);
        var elsewhere = new SignIns(new SignInStore(database.Index, TimeProvider.System), TimeProvider.System);
        var user = await here.BeginAsync(Ends);
        var id = SignIns.IdOf(user)!;

        for (var i = 0; i < 2; i++)
            Assert.Equal((true, false), (await here.IsOpenAsync(id, Ends), await elsewhere.IsOpenAsync(id, Ends)));

        await database.ExecuteAsync($"grant insert, update, delete on sign_ins to {role}");
        Assert.Equal((true, true), (await here.IsOpenAsync(id, Ends), await elsewhere.IsOpenAsync(id, Ends)));
        Assert.True(await elsewhere.EndAsync(user, Ends));
        Assert.Equal((false, false), (await here.IsOpenAsync(id, Ends), await elsewhere.IsOpenAsync(id, Ends)));
    }

    /// <summary>As one of which the silo was not told that the database has it.</summary>
    [Fact]
    public async Task IsOpen_OfOneThatWasEndedElsewhereBeforeItWasKeptHere_IsNot()
    {
        Assert.SkipWhen(PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
        await using var database = await TestDatabase.CreateAsync(DatabaseKind.PostgreSql);
        var role = await AddReaderAsync(database);
        await using var index = As(role, database);
        var here = new SignIns(new SignInStore(index, TimeProvider.System), TimeProvider.System);
        var elsewhere = new SignIns(new SignInStore(database.Index, TimeProvider.System), TimeProvider.System);
        var user = await here.BeginAsync(Ends);
        var id = SignIns.IdOf(user)!;

        Assert.True(await elsewhere.EndAsync(user, Ends));
        await database.ExecuteAsync($"grant insert, update, delete on sign_ins to {role}");

        Assert.Equal((false, false), (await here.IsOpenAsync(id, Ends), await elsewhere.IsOpenAsync(id, Ends)));
    }

    static async Task<string> AddReaderAsync(TestDatabase database)
    {
        var role = "reader_" + Guid.NewGuid().ToString("n");
        await database.ExecuteAsync($"create role {role} login password 'only'; grant select on sign_ins to {role}");
        return role;
    }

    static IndexDatabase As(string role, TestDatabase database) => IndexDatabase.Create(
        DatabaseTarget.Parse(new UriBuilder(database.Address) { UserName = role, Password = "only" }.Uri.OriginalString), NullLoggerFactory.Instance);
}
