namespace Atbb.AtProto.Politeness;

/// <summary>How much is asked of one host, by all silos of a cluster together: each has its share.</summary>
public sealed class PolitenessOptions
{
    /// <summary>
    /// Requests per second to one host; up to a second's worth may go out together. Default 10: Bluesky's published 3,000 per 5 minutes.
    /// 0 is no limit.
    /// </summary>
    public double RequestsPerSecond { get; set; } = 10;

    /// <summary>
    /// Requests to one host at once. Default 8: enough to keep 10 a second going with answers that take most of one; 224 where
    /// <see cref="RequestsPerSecond"/> is 0, since then nothing else but the answers' latency is to be made up for. Not more, since a host that takes requests
    /// and does not answer must leave some places of a run's window (256 by default) to others: where that is set smaller, set this smaller, too. 0 is no limit.
    /// </summary>
    public int? ConcurrentRequests { get; set; }

    /// <summary>
    /// How long a request may wait for its host's turn. One that would wait longer is not sent and fails as
    /// <see cref="AtProtoFailure.RateLimited"/>, so that its repository is parked instead of holding a place. Default 20 s.
    /// </summary>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// The same for the first question that a slice of work on a repository (a <see cref="Xrpc.RequestMeter"/>'s scope) asks a host. Default
    /// 0.5 s: it loses nothing by coming back later, and while it waits it holds a place that a repository of another host could use. What
    /// follows up on an answer waits for <see cref="MaxWait"/>, or the answer was in vain. Where it is more than that, that counts.
    /// </summary>
    public TimeSpan FirstWait { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How long a host is left alone after a 429 that does not say how long. Doubles with each further one until the host answers
    /// otherwise. Default 1 min.
    /// </summary>
    public TimeSpan DefaultPause { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest pause that a host may ask for. Default 1 h; without it, one absurd header would park its repositories for good.</summary>
    public TimeSpan MaxPause { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long a host may answer every request by asking to be left alone (429, or 503 with a time) before its repositories are given up together, without
    /// waiting for its next pause to end. Any other answer begins it anew. Default 2 h: the longest pause twice, so that a host may ask for it and still be read.
    /// </summary>
    public TimeSpan MaxRefusal { get; set; } = TimeSpan.FromHours(2);

    /// <summary>The requests at once that these options come to; 0 is no limit.</summary>
    internal int Places => ConcurrentRequests ?? (RequestsPerSecond > 0 ? 8 : 224);
}
