using Atbb.Indexing.Access;
using Atbb.Indexing.Databases;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Atbb.Indexing.Tests.Access;

public sealed class SignInStoreTests : IndexTests
{
    [Theory, MemberData(nameof(Kinds))]
    public async Task IsOpen_OfASignIn_HoldsUntilItIsEndedOrItsTimeIsOver(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        var signIns = new SignInStore(database.Index, Time);
        await signIns.AddAsync("a", Time.GetUtcNow().AddHours(12), Token);
        await signIns.AddAsync("b", Time.GetUtcNow().AddHours(12), Token);
        Assert.True(await signIns.IsOpenAsync("a", Token));
        Assert.False(await signIns.IsOpenAsync("c", Token));

        await signIns.EndAsync("a", Token);
        Assert.False(await signIns.IsOpenAsync("a", Token));
        Assert.True(await signIns.IsOpenAsync("b", Token));
        Assert.Equal((true, false, false), (await signIns.WasEndedAsync("a", Token), await signIns.WasEndedAsync("b", Token), await signIns.WasEndedAsync("c", Token)));
        // By a process whose clock is behind, too.
        Assert.False(await new SignInStore(database.Index, new FakeTimeProvider(Time.GetUtcNow().AddMinutes(-59))).IsOpenAsync("a", Token));

        // As by a silo that was not told that the database has it, and has been ended since.
        await signIns.AddAsync("a", Time.GetUtcNow().AddHours(12), Token);
        Assert.False(await signIns.IsOpenAsync("a", Token));

        Time.Advance(TimeSpan.FromHours(12));
        Assert.False(await signIns.IsOpenAsync("b", Token));
        Time.Advance(SignInStore.Lasts + TimeSpan.FromHours(1));
        await signIns.AddAsync("d", Time.GetUtcNow().AddHours(12), Token);
        Assert.Equal("d", Assert.Single(await database.QueryAsync("select id from sign_ins"))[0]);
    }
}
