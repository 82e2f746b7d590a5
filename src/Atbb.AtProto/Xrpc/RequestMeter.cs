namespace Atbb.AtProto.Xrpc;

/// <summary>
/// Counts what the calls made inside its scope cost, retries included: <c>using var meter = RequestMeter.Start();</c>. Flows with the
/// asynchronous calls made after <see cref="Start"/>; a meter inside another one counts for both. Safe for calls in parallel.
/// </summary>
public sealed class RequestMeter : IDisposable
{
    static readonly AsyncLocal<RequestMeter?> Current = new();

    readonly RequestMeter? outer;
    readonly RequestMeter? before;
    long requests;
    long bytes;
    volatile Uri? lastHost;

    RequestMeter(RequestMeter? outer, RequestMeter? before) => (this.outer, this.before) = (outer, before);

    /// <summary>Requests sent, answered or not.</summary>
    public long Requests => Interlocked.Read(ref requests);

    /// <summary>Bytes of the answers' bodies, after decompression; those of answers that failed half way too.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    /// <summary>Counts from here to <see cref="Dispose"/>.</summary>
    public static RequestMeter Start() => Current.Value = new RequestMeter(Current.Value, Current.Value);

    /// <summary>Counts for this meter alone, whatever it is inside of: what several wait for, until one of them takes it on by <see cref="Add"/>.</summary>
    /// <param name="follows">The host whose answer it follows up on; null: it begins anew.</param>
    public static RequestMeter StartApart(Uri? follows = null) => Current.Value = new RequestMeter(outer: null, Current.Value) { lastHost = follows };

    /// <summary>Counts what a meter apart has come to for the one that this is called inside of, if there is one.</summary>
    /// <param name="spent">Whose scope has ended.</param>
    public static void Add(RequestMeter spent)
    {
        ArgumentNullException.ThrowIfNull(spent);
        for (var meter = Current.Value; meter is not null; meter = meter.outer)
        {
            Interlocked.Add(ref meter.requests, spent.Requests);
            Interlocked.Add(ref meter.bytes, spent.Bytes);
            meter.lastHost = spent.lastHost;
        }
    }

    /// <summary>Ends the scope. What was counted stays readable, and calls still under way are still counted.</summary>
    public void Dispose()
    {
        if (Current.Value == this)
            Current.Value = before;
    }

    /// <summary>Whether a request would be the first of this scope to a host, or the first after one to another. Without a scope none is.</summary>
    internal static bool IsFirstAt(Uri host) => Current.Value is { } meter && meter.lastHost != host;

    internal static void CountRequest(Uri host)
    {
        for (var meter = Current.Value; meter is not null; meter = meter.outer)
        {
            Interlocked.Increment(ref meter.requests);
            meter.lastHost = host;
        }
    }

    internal static void CountBytes(int count)
    {
        for (var meter = Current.Value; meter is not null; meter = meter.outer)
            Interlocked.Add(ref meter.bytes, count);
    }
}
