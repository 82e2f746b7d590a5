using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace Atbb.Silo.Access;

/// <summary>
/// Tells the operator of wrong tokens, and after some from one address takes none from there for a while: the right one neither, or whoever guesses would
/// see which it is. Whoever has signed in is not held up. Counted by each silo for itself.
/// </summary>
sealed partial class WrongTokens(ILogger<WrongTokens> logger) : IDisposable
{
    /// <summary>So many a minute. A person errs less often, and a token of 16 characters is not guessed at this pace.</summary>
    public const int Allowed = 10;

    static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    // An address that has been quiet is forgotten by it, so that a stranger with many does not fill the memory.
    readonly PartitionedRateLimiter<IPAddress> limiter = PartitionedRateLimiter.Create<IPAddress, IPAddress>(static address =>
        RateLimitPartition.GetFixedWindowLimiter(address, static _ => new() { PermitLimit = Allowed, Window = Window, QueueLimit = 0 }));

    /// <summary>Judges a token, which counts where it is wrong.</summary>
    /// <param name="address">From where it came.</param>
    /// <param name="presented">The token.</param>
    /// <param name="token">The right one.</param>
    /// <param name="refusedFor">How long none is taken from there; null: this one was looked at.</param>
    public bool Takes(IPAddress? address, string presented, string token, out TimeSpan? refusedFor)
    {
        // Before the token is looked at: a guess that is right must look like one that is not.
        refusedFor = RefusesFor(address);
        if (refusedFor is not null)
            return false;
        if (BearerTokenScheme.IsToken(presented, token))
            return true;

        Count(address);
        return false;
    }

    /// <summary>How long no token is taken from an address; null: it is.</summary>
    public TimeSpan? RefusesFor(IPAddress? address)
    {
        // None asked for: it only says whether there would be one.
        using var lease = limiter.AttemptAcquire(Source(address), permitCount: 0);
        return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var time) ? time : Window;
    }

    /// <summary>One more.</summary>
    public void Count(IPAddress? address)
    {
        limiter.AttemptAcquire(Source(address)).Dispose();
        LogWrong(address);
        if (RefusesFor(address) is { } time)
            LogLimited(Allowed, address, Seconds(time));
    }

    /// <summary>A time as <c>Retry-After</c> has it, which is never too early.</summary>
    public static string Seconds(TimeSpan time) => Math.Max(1, Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    /// <summary>What is said to whoever asks from there.</summary>
    public static string Sentence(TimeSpan time) =>
        $"Too many wrong tokens have come from this address: none is taken from it for {Seconds(time)} seconds. Wait, and send the one of Atbb:Admin:Token.";

    public void Dispose() => limiter.Dispose();

    // Whoever has one IPv6 address has the whole network of 64 bits that it is in.
    static IPAddress Source(IPAddress? address) => address switch
    {
        null => IPAddress.None,
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => new IPAddress([.. address.GetAddressBytes()[..8], .. new byte[8]]),
        _ => address,
    };

    [LoggerMessage(340, LogLevel.Warning, "admin.wrong_token: a wrong token came from {Address}", EventName = "admin.wrong_token")]
    partial void LogWrong(IPAddress? address);

    [LoggerMessage(341, LogLevel.Warning, "admin.tokens_refused: {Count} wrong tokens have come from {Address}: for {Seconds} s none is taken from there. If that is nobody of yours, keep it out by a firewall", EventName = "admin.tokens_refused")]
    partial void LogLimited(int count, IPAddress? address, string seconds);
}
