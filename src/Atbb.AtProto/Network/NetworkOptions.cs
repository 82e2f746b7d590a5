namespace Atbb.AtProto.Network;

/// <summary>What a request may cost, and where it may go.</summary>
public sealed class NetworkOptions
{
    /// <summary>
    /// Admits plain http and loopback, private and other addresses that are not of the public Internet, and this machine's own. Default false:
    /// where a PDS lives is said by a DID document that a stranger wrote, and must not become a way into the operator's
    /// network. True is for tests and closed networks.
    /// </summary>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary>Time to resolve a name, connect and shake hands. Default 10 s: across the world takes under 2 s, a lost SYN repeated twice 7 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Time for one request, from sending it to the last byte of the answer. Default 30 s: a full page comes in well under one, and a hung
    /// host holds a repository's turn no longer than this.
    /// </summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Time for a question with its retries, the delays between them, and waiting for the host's turn. Default 2 min: past that it is
    /// cheaper to park the repository. At least <see cref="RequestTimeout"/>.
    /// </summary>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How often a broken connection or a 5xx is asked again at once. Default 2: that carries over a restart's last second; longer waiting
    /// is the caller's, who parks the repository. 0 switches it off.
    /// </summary>
    public int MaxRetries { get; set; } = 2;

    /// <summary>Delay before the first retry; doubles, with jitter. Default 0.5 s.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The largest answer, in bytes after decompression. Default 32 MiB: a record is at most 1 MB, so a page of ten always fits, and a page
    /// of 100 is asked for again in smaller parts when it does not. This many bytes may be held for every request in flight.
    /// </summary>
    public int MaxResponseBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>
    /// Connections to one host. Default: twice the requests that politeness lets through at once, since some linger while they close. No
    /// limit where politeness has none.
    /// </summary>
    public int? MaxConnectionsPerServer { get; set; }
}
