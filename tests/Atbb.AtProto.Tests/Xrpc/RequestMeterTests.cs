using System.Net;
using Atbb.AtProto.Tests.Fakes;
using Atbb.AtProto.Xrpc;

namespace Atbb.AtProto.Tests.Xrpc;

public sealed class RequestMeterTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_CallWithRetries_CountsEveryRequestAndByte()
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.InternalServerError, "12345"));
        using var meter = RequestMeter.Start();

        await Assert.ThrowsAsync<AtProtoException>(() => client.Repo.GetLatestCommitAsync(Example.Pds, Example.Did, Cancel));

        Assert.Equal((3, 15), (meter.Requests, meter.Bytes));
    }

    [Fact]
    public async Task Start_InsideAnother_CountsForBoth()
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, """{"records":[]}"""));
        using var outer = RequestMeter.Start();
        using (var inner = RequestMeter.Start())
        {
            using var first = await client.Repo.ListRecordsAsync(Example.Pds, Example.Query, Cancel);
            Assert.Equal((1, 14), (inner.Requests, inner.Bytes));
        }

        using var second = await client.Repo.ListRecordsAsync(Example.Pds, Example.Query, Cancel);
        Assert.Equal((2, 28), (outer.Requests, outer.Bytes));
    }

    [Fact]
    public async Task StartApart_InsideAnother_CountsForItselfUntilItIsAdded()
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, """{"records":[]}"""));
        using var around = RequestMeter.Start();
        using var outer = RequestMeter.Start();
        using var apart = RequestMeter.StartApart();
        using var page = await client.Repo.ListRecordsAsync(Example.Pds, Example.Query, Cancel);
        apart.Dispose();
        Assert.Equal((1, 14, 0, 0), (apart.Requests, apart.Bytes, outer.Requests, outer.Bytes));

        using var inner = RequestMeter.Start();
        RequestMeter.Add(apart);
        foreach (var meter in new[] { inner, outer, around })
            Assert.Equal((1, 14), (meter.Requests, meter.Bytes));
    }

    [Fact]
    public void StartApart_FollowingUpOnAHost_ItsNextRequestThereIsNotTheFirst()
    {
        using (RequestMeter.StartApart())
            Assert.True(RequestMeter.IsFirstAt(Example.Pds));
        using (RequestMeter.StartApart(follows: Example.Pds))
            Assert.False(RequestMeter.IsFirstAt(Example.Pds));
    }

    [Fact]
    public async Task Start_InParallelFlows_CountsEachItsOwn()
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, """{"records":[]}"""), o => o.Politeness.ConcurrentRequests = 0);

        var counts = await Task.WhenAll(Enumerable.Range(1, 8).Select(async calls =>
        {
            using var meter = RequestMeter.Start();
            await Task.WhenAll(Enumerable.Range(0, calls).Select(async _ =>
            {
                await Task.Yield();
                using var page = await client.Repo.ListRecordsAsync(Example.Pds, Example.Query, Cancel);
            }));
            return meter.Requests;
        }));

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], counts);
    }
}
