using System.Net;
using Atbb.AtProto.Tests.Fakes;

namespace Atbb.AtProto.Tests.Xrpc;

public sealed class XrpcErrorsTests
{
    [Theory]
    [InlineData(400, """{"error":"RepoNotFound","message":"Could not find repo"}""", AtProtoFailure.Refused, "RepoNotFound")]
    [InlineData(400, """{"error":"InvalidRequest"}""", AtProtoFailure.Refused, "InvalidRequest")]
    [InlineData(400, """{"error":7}""", AtProtoFailure.Refused, null)]
    [InlineData(400, "null", AtProtoFailure.Refused, null)]
    [InlineData(400, """{"error":"\ud800"}""", AtProtoFailure.Refused, null)]
    [InlineData(401, "", AtProtoFailure.Refused, null)]
    [InlineData(403, "<html>", AtProtoFailure.Refused, null)]
    [InlineData(404, "<html>", AtProtoFailure.Refused, null)]
    [InlineData(404, """{"error":"NotFound","message":"x"}""", AtProtoFailure.Refused, "NotFound")]
    [InlineData(408, "", AtProtoFailure.TimedOut, null)]
    [InlineData(429, """{"error":"RateLimitExceeded"}""", AtProtoFailure.RateLimited, "RateLimitExceeded")]
    [InlineData(429, "<html>", AtProtoFailure.RateLimited, null)]
    [InlineData(500, """{"error":"InternalServerError"}""", AtProtoFailure.ServerError, "InternalServerError")]
    [InlineData(501, "", AtProtoFailure.Refused, "MethodNotImplemented")]
    [InlineData(501, """{"error":"MethodNotImplemented"}""", AtProtoFailure.Refused, "MethodNotImplemented")]
    [InlineData(502, "<html>", AtProtoFailure.ServerError, null)]
    [InlineData(503, "", AtProtoFailure.ServerError, null)]
    [InlineData(504, "", AtProtoFailure.ServerError, null)]
    [InlineData(301, "", AtProtoFailure.Redirected, null)]
    [InlineData(307, "", AtProtoFailure.Redirected, null)]
    [InlineData(204, "", AtProtoFailure.Malformed, null)]
    public async Task ListRecords_OtherThan200_IsClassed(int status, string body, AtProtoFailure failure, string? error)
    {
        using var client = new TestClient(StubHandler.Answering((HttpStatusCode)status, body), o => o.Network.MaxRetries = 0);

        var e = await FailAsync(client);

        Assert.Equal(failure, e.Failure);
        Assert.Equal(error, e.Error);
        Assert.Equal(status, (int?)e.Status);
    }

    [Fact]
    public async Task ListRecords_Refused_MessageNamesMethodAccountHostAndAnswer()
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.BadRequest, """{"error":"InvalidRequest","message":"Could not find repo: x."}"""));

        Assert.Equal(
            $"com.atproto.repo.listRecords of {Example.Did} at pds.example: HTTP 400 InvalidRequest: Could not find repo: x.",
            (await FailAsync(client)).Message);
    }

    [Fact]
    public async Task ListRecords_EndlessErrorBody_IsReadOnlySoFar()
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.BadRequest, new string('x', 1_000_000)));

        using var meter = AtProto.Xrpc.RequestMeter.Start();
        Assert.Null((await FailAsync(client)).Error);

        Assert.InRange(meter.Bytes, 1, 64 * 1024);
    }

    [Theory]
    [InlineData(429, "Retry-After", "30", 30)]
    [InlineData(429, "Retry-After", "Sat, 01 Aug 2026 00:02:00 GMT", 120)]
    [InlineData(429, "Retry-After", "Fri, 31 Jul 2026 00:00:00 GMT", 0)]
    [InlineData(429, "Retry-After", "99999999", 3600)]
    [InlineData(429, "Retry-After", "soon", null)]
    [InlineData(429, "RateLimit-Reset", "1785542460", 60)]
    [InlineData(429, "RateLimit-Reset", "1785542400", 0)]
    [InlineData(429, "RateLimit-Reset", "45", 45)]
    [InlineData(429, "RateLimit-Reset", "-5", null)]
    [InlineData(429, "RateLimit-Reset", "999999999999999999", null)]
    [InlineData(429, "X-Other", "1", null)]
    [InlineData(503, "Retry-After", "30", 30)]
    [InlineData(400, "Retry-After", "30", null)]
    public async Task ListRecords_ServerNamesATime_IsRetryAt(int status, string header, string value, int? seconds)
    {
        using var client = new TestClient(StubHandler.Answering((HttpStatusCode)status, "{}", (header, value)));

        var e = await FailAsync(client);

        Assert.Equal(seconds is { } s ? client.Time.GetUtcNow().AddSeconds(s) : null, e.RetryAt);
    }

    [Fact]
    public async Task ListRecords_RetryAfterAndReset_RetryAfterWins()
    {
        using var client = new TestClient(StubHandler.Answering((HttpStatusCode)429, "", ("RateLimit-Reset", "1785542460"), ("Retry-After", "5")));

        Assert.Equal(client.Time.GetUtcNow().AddSeconds(5), (await FailAsync(client)).RetryAt);
    }

    static Task<AtProtoException> FailAsync(TestClient client) => Assert.ThrowsAsync<AtProtoException>(
        () => client.Repo.ListRecordsAsync(Example.Pds, Example.Query, TestContext.Current.CancellationToken));
}
