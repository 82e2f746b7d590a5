using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using Atbb.AtProto.Politeness;
using Atbb.AtProto.Xrpc;

namespace Atbb.AtProto;

/// <summary>What is asked of hosts, and what that waits for. By class of host and never by name: strangers name hosts, and there is no end to them.</summary>
sealed class HostMetrics
{
    readonly Counter<long> requests;
    readonly Histogram<double> durations;
    readonly Histogram<double> waits;
    readonly Counter<long> turnedAway;
    readonly UpDownCounter<long> waiting;
    readonly UpDownCounter<long> underWay;

    /// <param name="meters">Where meters come from; null: nobody looks.</param>
    public HostMetrics(IMeterFactory? meters = null)
    {
        var meter = meters?.Create(AtProtoTelemetry.Name) ?? new Meter(AtProtoTelemetry.Name);
        requests = meter.CreateCounter<long>("atbb.requests", "{request}", "Requests sent, by class of host and of answer.");
        durations = meter.CreateHistogram<double>("atbb.request.duration", "s", "From sending a request to the end of its answer.");
        waits = meter.CreateHistogram<double>("atbb.host.wait.duration", "s", "What requests waited before they were sent, by cause; those that did not wait are not counted.");
        turnedAway = meter.CreateCounter<long>("atbb.host.turned_away", "{request}", "Requests not sent, since their turn would come too late, by cause.");
        waiting = meter.CreateUpDownCounter<long>("atbb.requests.waiting", "{request}", "Requests that wait for their host's turn.");
        underWay = meter.CreateUpDownCounter<long>("atbb.requests.under_way", "{request}", "Requests that have their turn and are not over.");
    }

    /// <summary>A request was answered.</summary>
    public void Answered(HostClass host, HttpStatusCode status, TimeSpan took) => Ended(host, ClassOf((int)status), took);

    /// <summary>A request came to nothing.</summary>
    public void Failed(HostClass host, AtProtoException failure, TimeSpan took) => Ended(host, failure.Status is { } status && status is not HttpStatusCode.OK ? ClassOf((int)status) : NameOf(failure.Failure), took);

    /// <summary>A request has waited.</summary>
    public void Waited(WaitCause cause, TimeSpan time) => waits.Record(time.TotalSeconds, new KeyValuePair<string, object?>("cause", NameOf(cause)));

    /// <summary>A request is not sent.</summary>
    public void TurnedAway(WaitCause cause) => turnedAway.Add(1, new KeyValuePair<string, object?>("cause", NameOf(cause)));

    /// <summary>A request begins or ends to wait.</summary>
    public void Waiting(int change) => waiting.Add(change);

    /// <summary>A request gets its turn, or is over.</summary>
    public void UnderWay(int change) => underWay.Add(change);

    void Ended(HostClass host, string status, TimeSpan took)
    {
        var tags = new TagList { { "host_class", NameOf(host) }, { "status_class", status } };
        requests.Add(1, tags);
        durations.Record(took.TotalSeconds, new KeyValuePair<string, object?>("host_class", NameOf(host)));
    }

    // Constants: nothing is allocated for a name.
    static string ClassOf(int status) => status switch
    {
        429 => "429",
        < 300 => "2xx",
        < 400 => "3xx",
        < 500 => "4xx",
        _ => "5xx",
    };

    static string NameOf(AtProtoFailure failure) => failure switch
    {
        AtProtoFailure.TimedOut => "timeout",
        AtProtoFailure.Unreachable => "unreachable",
        AtProtoFailure.Forbidden => "forbidden",
        AtProtoFailure.Redirected => "redirected",
        _ => "unusable",
    };

    static string NameOf(HostClass host) => host switch
    {
        HostClass.Pds => "pds",
        HostClass.Plc => "plc",
        HostClass.Web => "web",
        HostClass.Relay => "relay",
        _ => throw new InvalidOperationException($"There is no class {host} of hosts."),
    };

    static string NameOf(WaitCause cause) => cause switch
    {
        WaitCause.Pace => "pace",
        WaitCause.Pause => "pause",
        WaitCause.Place => "place",
        WaitCause.Silence => "silence",
        WaitCause.Trial => "trial",
        _ => throw new InvalidOperationException($"There is no cause {cause} to wait."),
    };
}
