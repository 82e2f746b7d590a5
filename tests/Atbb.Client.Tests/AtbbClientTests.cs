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

    static AtbbClient ClientOfNobody() => new(new AtbbClientOptions { ForumDid = "did:plc:forum", Gateway = "127.0.0.1:9" });
}
