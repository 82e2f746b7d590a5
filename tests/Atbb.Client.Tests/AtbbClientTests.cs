using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Client.Tests;

/// <summary>What the client says by itself, with no service to ask.</summary>
public class AtbbClientTests
{
    static CancellationToken Ends => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("not-a-did")]
    [InlineData("did:plc:")]
    [InlineData("alice.example.com")]
    [InlineData("")]
    public async Task Repository_OfWhatIsNotADid_IsRefusedAndNobodyAsked(string did)
    {
        await using var client = ClientOfNobody();

        foreach (var refused in new[] { await Assert.ThrowsAsync<ArgumentException>(() => client.SyncAsync(did, Ends)), await Assert.ThrowsAsync<ArgumentException>(() => client.GetRepoAsync(did, Ends)) })
        {
            Assert.Equal("did", refused.ParamName);
            Assert.Contains("did:plc:abc…", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Repository_OfNothing_IsRefusedByTheParametersName()
    {
        await using var client = ClientOfNobody();

        Assert.Equal("did", (await Assert.ThrowsAsync<ArgumentNullException>(() => client.SyncAsync(null!, Ends))).ParamName);
    }

    [Fact]
    public async Task Dispose_WhileCallsWait_CancelsThemAndRefusesOthers()
    {
        var client = ClientOfNobody();
        Task[] waiting = [client.WatchAsync(Ends).ToListAsync(Ends).AsTask(), client.SyncAsync("did:plc:a", Ends), client.DecideAsync(Ends), client.GetRepoAsync("did:plc:a", Ends)];

        await client.DisposeAsync();
        await client.DisposeAsync();

        foreach (var call in waiting)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Func<Task>[] late = [() => client.WatchAsync(Ends).ToListAsync(Ends).AsTask(), () => client.SyncAsync("did:plc:a", Ends), () => client.StartAsync(RunType.FullSync, cancellationToken: Ends), () => client.GetRepoAsync("did:plc:a", Ends)];
        foreach (var call in late)
            Assert.Equal(typeof(AtbbClient).FullName, (await Assert.ThrowsAsync<ObjectDisposedException>(call)).ObjectName);
    }

    static AtbbClient ClientOfNobody() => new(new AtbbClientOptions { ForumDid = "did:plc:forum", Gateway = "127.0.0.1:9" });
}
