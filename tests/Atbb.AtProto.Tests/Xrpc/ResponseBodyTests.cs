using System.IO.Compression;
using System.Net;
using System.Text;
using Atbb.AtProto.Tests.Fakes;
using Atbb.Testing.Network;

namespace Atbb.AtProto.Tests.Xrpc;

public sealed class ResponseBodyTests
{
    const string Head = $$"""{"cid":"{{Example.Cid}}","rev":"{{Example.Rev}}"}""";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_GzipBomb_IsTooLargeAndReadNoFurther()
    {
        var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.Optimal, leaveOpen: true))
            await gzip.WriteAsync(new byte[20_000_000], Cancel);
        await using var server = Gzipped(bomb.ToArray());
        using var client = TestClient.OnLoopback(o => o.Network.MaxResponseBytes = 1_000_000);
        using var meter = AtProto.Xrpc.RequestMeter.Start();

        var e = await Assert.ThrowsAsync<AtProtoException>(() => client.Repo.ListRecordsAsync(server.Origin, Example.Query with { Limit = 1 }, Cancel));

        Assert.Equal(AtProtoFailure.TooLarge, e.Failure);
        Assert.InRange(meter.Bytes, 1_000_001, 3_000_000);
    }

    [Fact]
    public async Task Get_Gzip_IsDecompressed()
    {
        var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(Head), Cancel);
        await using var server = Gzipped(compressed.ToArray());
        using var client = TestClient.OnLoopback();

        Assert.Equal(Example.Cid, (await client.Repo.GetLatestCommitAsync(server.Origin, Example.Did, Cancel)).Cid.Value);
    }

    [Fact]
    public async Task Get_BrokenGzip_IsMalformed()
    {
        await using var server = Gzipped("this is not gzip"u8.ToArray());
        using var client = TestClient.OnLoopback();

        Assert.Equal(AtProtoFailure.Malformed, (await FailAsync(client, server.Origin)).Failure);
    }

    [Theory]
    [InlineData(1000, 999, false)]
    [InlineData(1000, 1000, true)]
    [InlineData(300_000, 299_999, false)]
    [InlineData(300_000, 300_000, true)]
    [InlineData(3_000_000, 3_000_000, true)]
    public async Task Get_BodyOfUnknownLength_IsCappedToTheByte(int length, int cap, bool fits)
    {
        // A length that is not announced: the stream cannot be sought.
        var handler = StubHandler.Answering(_ => new HttpResponseMessage
        {
            Content = new StreamContent(new BufferedStream(new GZipStream(Zip(Head.PadRight(length)), CompressionMode.Decompress))),
        });
        using var client = new TestClient(handler);
        var request = new AtProto.Xrpc.XrpcRequest(Example.Pds, "/x", "x", Example.Did, cap);

        if (fits)
        {
            using var body = await client.Xrpc.GetAsync(request, Cancel);
            Assert.Equal(length, body.Memory.Length);
            Assert.Equal(Head.PadRight(length), Encoding.UTF8.GetString(body.Memory.Span));
        }
        else
        {
            var e = await Assert.ThrowsAsync<AtProtoException>(() => client.Xrpc.GetAsync(request, Cancel));
            Assert.Equal(AtProtoFailure.TooLarge, e.Failure);
        }
    }

    [Fact]
    public async Task Get_AnnouncedLengthOverTheCap_IsTooLargeWithoutReading()
    {
        var handler = StubHandler.Answering(HttpStatusCode.OK, new string(' ', 100_000));
        using var client = new TestClient(handler);
        using var meter = AtProto.Xrpc.RequestMeter.Start();

        Assert.Equal(AtProtoFailure.TooLarge, (await FailAsync(client)).Failure);

        Assert.Equal((1, 0), (meter.Requests, meter.Bytes));
    }

    static MemoryStream Zip(string text)
    {
        var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        zipped.Position = 0;
        return zipped;
    }

    static LoopbackServer Gzipped(byte[] body) => LoopbackServer.Writing(
        [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {body.Length}\r\n\r\n"), .. body]);

    static Task<AtProtoException> FailAsync(TestClient client, Uri? pds = null) => Assert.ThrowsAsync<AtProtoException>(
        () => client.Repo.GetLatestCommitAsync(pds ?? Example.Pds, Example.Did, Cancel));
}
