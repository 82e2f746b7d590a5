using System.Security.Claims;
using Atbb.Indexing.Access;
using Atbb.Indexing.Databases;
using Atbb.Silo.Access;
using Atbb.Testing.Databases;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atbb.Silo.Tests.Access;

/// <summary>A sign-in that the database did not take when it began: as with a full disk, or a server that has become a standby.</summary>
public sealed class SignInsTests : IAsyncLifetime
{
    readonly string role = "reader_" + Guid.NewGuid().ToString("n");
    TestDatabase database = null!;
    IndexDatabase asReader = null!;
    SignIns here = null!;
    SignIns elsewhere = null!;
    ClaimsPrincipal user = null!;
    string id = "";

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
        database = await TestDatabase.CreateAsync(DatabaseKind.PostgreSql);
        await database.ExecuteAsync($"create role {role} login password 'only'; grant select on sign_ins to {role}");
        asReader = IndexDatabase.Create(
            DatabaseTarget.Parse(new UriBuilder(database.Address) { UserName = role, Password = "only" }.Uri.OriginalString), NullLoggerFactory.Instance);
        here = On(asReader);
        elsewhere = On(database.Index);
        user = await here.BeginAsync(Ends);
        id = SignIns.IdOf(user)!;
    }

    public async ValueTask DisposeAsync()
    {
        if (asReader is not null)
            await asReader.DisposeAsync();
        if (database is not null)
            await database.DisposeAsync();
    }

    static SignIns On(IndexDatabase index) => new(new SignInStore(index, TimeProvider.System), TimeProvider.System);

    Task<int> LetWriteAsync() => database.ExecuteAsync($"grant insert, update, delete on sign_ins to {role}");

    async Task AssertOpenAsync(bool isHere, bool isElsewhere) =>
        Assert.Equal((isHere, isElsewhere), (await here.IsOpenAsync(id, Ends), await elsewhere.IsOpenAsync(id, Ends)));

    /// <summary>The operator needs the page just then.</summary>
    [Fact]
    public async Task IsOpen_OfOneThatTheDatabaseDidNotTake_IsWhereItBeganAndEverywhereOnceItDoes()
    {
        for (var i = 0; i < 2; i++)
            await AssertOpenAsync(isHere: true, isElsewhere: false);

        await LetWriteAsync();
        await AssertOpenAsync(isHere: true, isElsewhere: true);
        Assert.True(await elsewhere.EndAsync(user, Ends));
        await AssertOpenAsync(isHere: false, isElsewhere: false);
    }

    /// <summary>As one of which the silo was not told that the database has it.</summary>
    [Fact]
    public async Task IsOpen_OfOneThatWasEndedElsewhereBeforeItWasKeptHere_IsNot()
    {
        Assert.True(await elsewhere.EndAsync(user, Ends));
        await LetWriteAsync();

        await AssertOpenAsync(isHere: false, isElsewhere: false);
    }
}
