using Atbb.AtProto.Tests.Fakes;
using Atbb.Testing.Network;

namespace Atbb.AtProto.Tests.Network;

/// <summary>What goes wrong before a host is who it says, on real sockets. All of it may pass: certificates are renewed, and proxies come back.</summary>
public sealed class TlsTests : IDisposable
{
    const string Commit = """{"cid":"bafyreidykglsfhoixmivffc5uwhcgshx4j465xwqntbmu43nb2dzqwfvae","rev":"3kabcdefghij2"}""";

    static readonly TimeSpan OneDay = TimeSpan.FromDays(1);
    static readonly string Answer = $"HTTP/1.1 200 OK\r\nContent-Length: {Commit.Length}\r\nConnection: close\r\n\r\n{Commit}";

    readonly TestAuthority trusted = new();

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetLatestCommit_CertificateOfATrustedAuthority_IsTaken()
    {
        using var certificate = trusted.Issue(LoopbackServer.Host, -OneDay, OneDay);
        await using var server = LoopbackServer.OverTls(certificate, Answer);
        using var client = Client();

        var head = await client.Repo.GetLatestCommitAsync(server.SecureOrigin, Example.Did, Ends);

        Assert.Equal("3kabcdefghij2", head.Rev.Value);
    }

    [Theory]
    [InlineData("run out", "NotTimeValid")]
    [InlineData("not good yet", "NotTimeValid")]
    [InlineData("another host's", "RemoteCertificateNameMismatch")]
    [InlineData("an unknown authority's", "PartialChain")]
    [InlineData("the host's own", "UntrustedRoot")]
    public async Task GetLatestCommit_CertificateThatProvesNothing_IsUnreachableForNowAndSaysWhy(string whose, string cause)
    {
        using var stranger = new TestAuthority("Nobody's authority");
        using var certificate = whose switch
        {
            "run out" => trusted.Issue(LoopbackServer.Host, -2 * OneDay, -OneDay),
            "not good yet" => trusted.Issue(LoopbackServer.Host, OneDay, 2 * OneDay),
            "another host's" => trusted.Issue("pds.example", -OneDay, OneDay),
            "an unknown authority's" => stranger.Issue(LoopbackServer.Host, -OneDay, OneDay),
            _ => TestAuthority.SelfSigned(LoopbackServer.Host),
        };
        await using var server = LoopbackServer.OverTls(certificate, Answer);

        await AssertFailsAsync(server, AtProtoFailure.Unreachable, "its TLS handshake failed", cause);
    }

    [Fact]
    public async Task GetLatestCommit_HandshakeThatHangs_TimesOut()
    {
        await using var server = new LoopbackServer(static (_, token) => Task.Delay(Timeout.Infinite, token));

        using var client = TestClient.OnLoopback(options => options.Network.ConnectTimeout = TimeSpan.FromSeconds(0.3), trusted.Root);

        await AssertFailsAsync(client, server, AtProtoFailure.TimedOut, "no connection within 0.3 s");
    }

    [Fact]
    public async Task GetLatestCommit_HandshakeThatIsCut_IsUnreachableForNow()
    {
        await using var server = LoopbackServer.Writing("");

        await AssertFailsAsync(server, AtProtoFailure.Unreachable, "its TLS handshake failed");
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("220 mail.example ESMTP\r\n")]
    public async Task GetLatestCommit_PlainTextWhereTlsBelongs_IsUnreachableForNow(string text)
    {
        await using var server = LoopbackServer.Writing(text);

        await AssertFailsAsync(server, AtProtoFailure.Unreachable, "its TLS handshake failed");
    }

    [Fact]
    public async Task GetLatestCommit_ConnectionCutAfterTheHandshake_IsAFailureOfTheConnection()
    {
        using var certificate = trusted.Issue(LoopbackServer.Host, -OneDay, OneDay);
        await using var server = LoopbackServer.OverTls(certificate, "");

        await AssertFailsAsync(server, AtProtoFailure.Unreachable, "the connection failed");
    }

    public void Dispose() => trusted.Dispose();

    async Task AssertFailsAsync(LoopbackServer server, AtProtoFailure failure, params string[] says)
    {
        using var client = Client();
        await AssertFailsAsync(client, server, failure, says);
    }

    static async Task AssertFailsAsync(TestClient client, LoopbackServer server, AtProtoFailure failure, params string[] says)
    {
        var e = await Assert.ThrowsAsync<AtProtoException>(() => client.Repo.GetLatestCommitAsync(server.SecureOrigin, Example.Did, Ends));

        Assert.Equal((failure, true), (e.Failure, e.IsTransient));
        Assert.StartsWith($"com.atproto.sync.getLatestCommit of {Example.Did} at {server.SecureOrigin.Authority}: ", e.Message, StringComparison.Ordinal);
        Assert.All(says, word => Assert.Contains(word, e.Message, StringComparison.Ordinal));
    }

    TestClient Client() => TestClient.OnLoopback(static options => options.Network.MaxRetries = 0, trusted.Root);
}
