using System.Diagnostics.Metrics;
using System.Net;
using Atbb.AtProto.Politeness;
using Atbb.AtProto.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Atbb.AtProto.Tests;

public sealed class HostMetricsTests : IDisposable
{
    const string Head = $$"""{"cid":"{{Example.Cid}}","rev":"{{Example.Rev}}"}""";
    static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    readonly FakeTimeProvider time = new();
    readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    IMeterFactory Meters => services.GetRequiredService<IMeterFactory>();

    public void Dispose() => services.Dispose();

    [Theory]
    [InlineData(200, "2xx")]
    [InlineData(302, "3xx")]
    [InlineData(404, "4xx")]
    [InlineData(429, "429")]
    [InlineData(502, "5xx")]
    public async Task Get_Answered_IsCountedByClassOfHostAndAnswer(int status, string statusClass)
    {
        using var client = new TestClient(StubHandler.Answering((HttpStatusCode)status, Head), o => o.Network.MaxRetries = 0);
        using var requests = new MetricCollector<long>(client.Meters, AtProtoTelemetry.Name, "atbb.requests");

        await Record.ExceptionAsync(() => client.Repo.GetLatestCommitAsync(Example.Pds, Example.Did, Cancel));
        await Record.ExceptionAsync(() => client.Resolver.ResolveAsync(Example.Did, TimeSpan.Zero, Cancel));

        var counted = requests.GetMeasurementSnapshot();
        Assert.Equal(["pds", "plc"], counted.Select(one => one.Tags["host_class"]));
        Assert.All(counted, one => Assert.Equal((1L, statusClass), (one.Value, one.Tags["status_class"])));
        Assert.All(counted, one => Assert.Equal(2, one.Tags.Count));
    }

    [Fact]
    public async Task Get_ConnectionFails_EveryAttemptIsCounted()
    {
        using var client = new TestClient(new StubHandler((_, _) => throw new HttpRequestException("no route")), o => o.Network.MaxRetries = 2);
        using var requests = new MetricCollector<long>(client.Meters, AtProtoTelemetry.Name, "atbb.requests");
        using var underWay = new MetricCollector<long>(client.Meters, AtProtoTelemetry.Name, "atbb.requests.under_way");
        using var waiting = new MetricCollector<long>(client.Meters, AtProtoTelemetry.Name, "atbb.requests.waiting");

        await Record.ExceptionAsync(() => client.Repo.GetLatestCommitAsync(Example.Pds, Example.Did, Cancel));

        Assert.Equal(["unreachable", "unreachable", "unreachable"], requests.GetMeasurementSnapshot().Select(one => one.Tags["status_class"]));
        Assert.Equal((6, 0L), (underWay.GetMeasurementSnapshot().Count, underWay.GetMeasurementSnapshot().Sum(one => one.Value)));
        Assert.Equal((6, 0L), (waiting.GetMeasurementSnapshot().Count, waiting.GetMeasurementSnapshot().Sum(one => one.Value)));
    }

    [Theory]
    [InlineData("pace")]
    [InlineData("pause")]
    [InlineData("place")]
    public async Task Enter_HasToWait_IsMeasuredByCause(string cause)
    {
        using var waits = new MetricCollector<double>(Meters, AtProtoTelemetry.Name, "atbb.host.wait.duration");
        var gate = new HostGate(
            new PolitenessOptions { RequestsPerSecond = cause is "pace" ? 1 : 0, ConcurrentRequests = cause is "place" ? 1 : 0 }, time, metrics: new HostMetrics(Meters));
        var first = await gate.EnterAsync(Long, Cancel);
        if (cause is "pause")
            gate.Pause(TimeSpan.FromSeconds(1));
        Assert.Empty(waits.GetMeasurementSnapshot());

        var second = gate.EnterAsync(Long, Cancel);
        time.Advance(TimeSpan.FromSeconds(1));
        first.Place?.GiveBack();
        await second;

        var wait = Assert.Single(waits.GetMeasurementSnapshot());
        Assert.Equal((1, cause), (wait.Value, wait.Tags["cause"]));
    }

    [Fact]
    public async Task Get_HostWantsALongPause_IsTurnedAwayByCause()
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.TooManyRequests, "{}", ("Retry-After", "600")));
        using var turnedAway = new MetricCollector<long>(client.Meters, AtProtoTelemetry.Name, "atbb.host.turned_away");

        await Record.ExceptionAsync(() => client.Repo.GetLatestCommitAsync(Example.Pds, Example.Did, Cancel));
        Assert.Empty(turnedAway.GetMeasurementSnapshot());
        await Record.ExceptionAsync(() => client.Repo.GetLatestCommitAsync(Example.Pds, Example.Did, Cancel));

        Assert.Equal("pause", Assert.Single(turnedAway.GetMeasurementSnapshot()).Tags["cause"]);
    }
}
