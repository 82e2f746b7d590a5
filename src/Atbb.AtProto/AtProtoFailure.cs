namespace Atbb.AtProto;

/// <summary>Why a question over the AT Protocol was not answered.</summary>
public enum AtProtoFailure
{
    /// <summary>No connection, or it broke before the answer was whole. Transient.</summary>
    Unreachable,

    /// <summary>The answer did not come, or did not end, within the time allowed. Transient.</summary>
    TimedOut,

    /// <summary>HTTP 5xx. Transient.</summary>
    ServerError,

    /// <summary>HTTP 429. Transient; see <see cref="AtProtoException.RetryAt"/>.</summary>
    RateLimited,

    /// <summary>A 200 whose body is not what the lexicon says. Transient: proxies answer so when what is behind them is down.</summary>
    Malformed,

    /// <summary>The answer was larger than allowed. Transient: the guard against it is the bounded number of attempts.</summary>
    TooLarge,

    /// <summary>HTTP 4xx with an error of the protocol: see <see cref="AtProtoException.Error"/>. Permanent.</summary>
    Refused,

    /// <summary>The address is one this service does not connect to (private, loopback, not HTTPS). Permanent.</summary>
    Forbidden,

    /// <summary>HTTP 3xx. It leads where nobody has checked, and is not followed. Transient: hosts lead to a page that says they are being worked on.</summary>
    Redirected,

    /// <summary>The directory, or the host of a did:web, does not know the DID. Permanent.</summary>
    DidNotFound,

    /// <summary>The DID has been given up for good (HTTP 410 of the PLC directory). Permanent.</summary>
    DidTombstoned,

    /// <summary>The DID document is not one of this DID, or names no PDS. Permanent.</summary>
    BadDidDocument,
}
