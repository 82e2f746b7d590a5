using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using Atbb.Sample;
using Atbb.Testing.Network;
using static Atbb.Grains.Tests.Hostile.IndexedRows;

namespace Atbb.Grains.Tests.Hostile;

/// <summary>Answers that are wrong below or beside the page: HTTP, compression, time, the protocol's other methods.</summary>
static class HostileTransport
{
    static readonly byte[] EmptyGzip = Convert.FromHexString("1f8b080000000000000303000000000000000000");

    public static IEnumerable<HostileAnswer> All =>
    [
        // Time and connections.
        new("no answer", Untouched, "unreachable") { Fault = HostilePages.Page(PdsFault.Hang), Says = "no whole answer" },
        new("a body that drips", Untouched, "unreachable") { Fault = HostilePages.Page(PdsFault.Drip(1, TimeSpan.FromMilliseconds(100))), Says = "no whole answer" },
        new("a connection dropped before the answer", Untouched, "unreachable") { Fault = HostilePages.Page(PdsFault.Drop) },
        new("a connection dropped half way", Untouched, "unreachable") { Fault = HostilePages.Page(PdsFault.DropHalfway) },

        // TLS.
        new("a certificate that the host has signed itself", Untouched, "unreachable") { Certificate = TestAuthority.SelfSigned(LoopbackServer.Host), Says = "UntrustedRoot" },
        new("a certificate for another host, signed by it", Untouched, "unreachable") { Certificate = TestAuthority.SelfSigned("pds.example"), Says = "RemoteCertificateNameMismatch" },
        new("a handshake that hangs", Untouched, "unreachable") { Script = static (_, token) => Task.Delay(Timeout.Infinite, token), IsOverTls = true, Says = "no whole answer" },
        new("a handshake that is cut", Untouched, "unreachable") { Script = static (_, _) => Task.CompletedTask, IsOverTls = true, Says = "TLS" },
        new("plain HTTP where TLS belongs", Untouched, "unreachable") { Script = Writing("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), IsOverTls = true, Says = "TLS" },

        // Sizes.
        new("a body of two megabytes", Untouched, "unreachable") { Fault = HostilePages.Page(PdsFault.Json(new string(' ', 2_000_000))), Says = "larger than" },
        new("a gzip bomb", Untouched, "unreachable") { Fault = Encoded("gzip", Gzip(new byte[20_000_000])), Says = "larger than" },
        new("a brotli bomb", Untouched, "unreachable") { Fault = Encoded("br", Brotli(new byte[20_000_000])), Says = "larger than" },
        new("gzip without end that comes to nothing", Untouched, "unreachable")
        {
            // Empty members, one after another.
            Script = Endless("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n", "14\r\n" + Encoding.Latin1.GetString(EmptyGzip) + "\r\n"), Says = "larger than",
        },
        new("gzip that is none", Untouched, "unreachable") { Fault = Encoded("gzip", "nonsense"u8.ToArray()), Says = "decompressed" },
        new("gzip cut off", Untouched, "unreachable") { Fault = Encoded("gzip", Gzip("""{"records":[]}"""u8.ToArray())[..^12]) },
        new("brotli that is none", Untouched, "unreachable") { Fault = Encoded("br", [0xff, 0xff, 0xff, 0xff, 0xff]), Says = "decompressed" },
        new("a compression that was not asked for", Untouched, "unreachable") { Fault = Encoded("zstd", [1, 2, 3]), Says = "zstd" },
        new("gzip in gzip", Untouched, "unreachable") { Fault = Encoded("gzip, gzip", Gzip(Gzip([1]))), Says = "compressed 2 times" },

        // Status.
        new("a redirect into the operator's network", Untouched, "redirected")
        {
            Fault = HostilePages.Page(PdsFault.Redirect(new Uri("http://169.254.169.254/latest/meta-data/"))), Says = "169.254.169.254",
        },
        new("204 without a body", Untouched, "unreachable") { Fault = HostilePages.Page(PdsFault.Verbatim(204, "text/plain", [])) },
        new("a part of the body, 206", Untouched, "unreachable") { Fault = HostilePages.Page(PdsFault.Verbatim(206, "text/plain", [1])) },
        new("a firewall's 403", Untouched, "unreachable") { Fault = HostilePages.Page(PdsFault.Html(403)) },
        new("500 with a message that forges log lines", Untouched, "unreachable")
        {
            Fault = HostilePages.Page(PdsFault.Error(500, "Internal\r\nfail", "\u001b[2J\u202e\r\ncrit: all is well\0")), Says = "all is well",
        },
        new("429 for ever, as a web page", Untouched, "unreachable") { Fault = HostilePages.Page(PdsFault.Html(429)), HasOwnHost = true },
        new("429 once, until the year 3000", True) { Fault = Once(PdsFault.TooManyRequests(reset: new(3000, 1, 1, 0, 0, 0, TimeSpan.Zero))), HasOwnHost = true },
        new("429 once, for 300 years", True) { Fault = Once(PdsFault.TooManyRequests(retryAfter: TimeSpan.FromDays(100_000))), HasOwnHost = true },
        new("an allowance that is used up until the year 3000", True)
        {
            Fault = Once(PdsFault.Verbatim(503, "text/plain", [], ("RateLimit-Remaining", "0"), ("RateLimit-Reset", "32503680000"))), HasOwnHost = true,
        },
        new("an allowance of nonsense", True)
        {
            Fault = Once(PdsFault.Verbatim(503, "text/plain", [], ("RateLimit-Remaining", "-99999999999999999999"), ("RateLimit-Reset", "x"), ("Retry-After", "-5"))), HasOwnHost = true,
        },

        // The protocol's other methods.
        new("a latest commit that is none", Untouched, "unreachable") { Fault = Method("com.atproto.sync.getLatestCommit", PdsFault.Json("""{"cid":"x","rev":"y"}""")) },
        new("a latest commit with half a surrogate pair", Untouched, "unreachable")
        {
            Fault = Method("com.atproto.sync.getLatestCommit", PdsFault.Json("""{"\ud800":"x","cid":"\ud800","rev":"\udfff"}""")),
        },
        new("a host that knows no latest commit", True) { Fault = Method("com.atproto.sync.getLatestCommit", PdsFault.Html(501)) },
        new("another repository's state, deleted, after a refusal", Untouched, "unreachable")
        {
            Fault = Refusal("""{"did":"did:plc:other","active":false,"status":"deleted"}"""), Says = "another repository",
        },
        new("a state that nobody has heard of, after a refusal", Untouched, "unreachable") { Fault = Refusal("""{"did":"DID","active":false,"status":"<b>"}""") },
        new("a state that does not say whether it is active", Untouched, "unreachable") { Fault = Refusal("""{"did":"DID","status":"deleted"}""") },

        // What no HTTP server would write.
        new("an answer of HTTP/0.9", Untouched, "unreachable") { Script = Writing("<html>hello</html>\r\n") },
        new("a status line with escape sequences", Untouched, "unreachable") { Script = Writing("HTTP/1.1 \u001b[2J OK\r\n\r\n") },
        new("more announced than sent", Untouched, "unreachable") { Script = Writing("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"records\":[") },
        new("a negative length", Untouched, "unreachable") { Script = Writing("HTTP/1.1 200 OK\r\nContent-Length: -1\r\nConnection: close\r\n\r\n{}") },
        new("two lengths that differ", Untouched, "unreachable") { Script = Writing("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 9\r\nConnection: close\r\n\r\n{}") },
        new("headers without end", Untouched, "unreachable") { Script = Endless("HTTP/1.1 200 OK\r\n", "X-Padding: " + new string('x', 1_000) + "\r\n") },
        new("one header without end", Untouched, "unreachable") { Script = Endless("HTTP/1.1 200 OK\r\nX-Padding: ", new string('x', 1_000)) },
        new("interim answers without end", Untouched, "unreachable") { Script = Endless("", "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n") },
        new("chunks without end", Untouched, "unreachable") { Script = Endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "3e8\r\n" + new string(' ', 1_000) + "\r\n") },
        new("a chunk of impossible size", Untouched, "unreachable") { Script = Writing("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nx") },
        new("a chunk's size without end", Untouched, "unreachable") { Script = Endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", new string('x', 1_000)) },
    ];

    static Func<PdsRequest, PdsFault?> Encoded(string encoding, byte[] body) =>
        HostilePages.Page(PdsFault.Verbatim(200, "application/json", body, ("Content-Encoding", encoding)));

    static Func<PdsRequest, PdsFault?> Method(string method, PdsFault fault) => request => request.Method == method ? fault : null;

    static Func<PdsRequest, PdsFault?> Refusal(string status) => request =>
        request.Method == "com.atproto.sync.getRepoStatus" ? PdsFault.Json(status.Replace("DID", request.Did, StringComparison.Ordinal))
        : HostilePages.IsPage(request) ? PdsFault.Error(400, "InvalidRequest", "Could not find repo")
        : null;

    static Func<PdsRequest, PdsFault?> Once(PdsFault fault)
    {
        var asked = 0;
        return request => HostilePages.IsPage(request) && Interlocked.Increment(ref asked) == 1 ? fault : null;
    }

    static Func<NetworkStream, CancellationToken, Task> Writing(string answer) =>
        async (stream, token) => await stream.WriteAsync(Encoding.Latin1.GetBytes(answer), token);

    static Func<NetworkStream, CancellationToken, Task> Endless(string beginning, string repeated) => async (stream, token) =>
    {
        await stream.WriteAsync(Encoding.Latin1.GetBytes(beginning), token);
        var bytes = Encoding.Latin1.GetBytes(repeated);
        while (true)
            await stream.WriteAsync(bytes, token);
    };

    static byte[] Gzip(byte[] content) => Compressed(content, target => new GZipStream(target, CompressionLevel.Fastest));

    static byte[] Brotli(byte[] content) => Compressed(content, target => new BrotliStream(target, CompressionLevel.Fastest));

    static byte[] Compressed(byte[] content, Func<Stream, Stream> compress)
    {
        var target = new MemoryStream();
        using (var compression = compress(target))
            compression.Write(content);
        return target.ToArray();
    }
}
