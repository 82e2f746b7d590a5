using Microsoft.AspNetCore.Http;

namespace Atbb.Sample;

/// <summary>A request that reached a <see cref="SamplePds"/>.</summary>
public sealed class PdsRequest
{
    /// <summary>The <see cref="Method"/> of a question to the PLC directory, or for a did:web's document.</summary>
    public const string DidDocument = "did";

    volatile int status;
    volatile bool answered;

    internal PdsRequest(HttpRequest request, DateTimeOffset arrivedAt)
    {
        ArrivedAt = arrivedAt;
        Connection = request.HttpContext.Connection.Id;
        var path = request.Path.Value ?? "/";
        Target = path + request.QueryString.Value;
        if (path.StartsWith(XrpcPrefix, StringComparison.Ordinal))
        {
            Method = path[XrpcPrefix.Length..];
            Did = Query(request, "repo") ?? Query(request, "did");
            Collection = Query(request, "collection");
            Cursor = Query(request, "cursor");
            Rkey = Query(request, "rkey");
            Reverse = Query(request, "reverse") == "true";
            Limit = Query(request, "limit");
        }
        else if (path.StartsWith("/did:", StringComparison.Ordinal))
        {
            Method = DidDocument;
            Did = path[1..];
        }
        else if (path == "/.well-known/did.json")
        {
            Method = DidDocument;
            Did = "did:web:" + request.Host.Value?.Replace(":", "%3A", StringComparison.Ordinal);
        }
        else
        {
            Method = path;
        }
    }

    const string XrpcPrefix = "/xrpc/";

    /// <summary>When it arrived.</summary>
    public DateTimeOffset ArrivedAt { get; }

    /// <summary>The connection that it came by: a name that no other one has while the PDS listens.</summary>
    public string Connection { get; }

    /// <summary>Path and query, as sent.</summary>
    public string Target { get; }

    /// <summary>The XRPC method's NSID, <see cref="DidDocument"/>, or else the path.</summary>
    public string Method { get; }

    /// <summary>The repository asked about (<c>repo</c> or <c>did</c>), if any.</summary>
    public string? Did { get; }

    /// <summary>The collection asked for, if any.</summary>
    public string? Collection { get; }

    /// <summary>The cursor, as sent; null when there was none.</summary>
    public string? Cursor { get; }

    /// <summary>The record key asked for, if any.</summary>
    public string? Rkey { get; }

    /// <summary>Whether ascending order was asked for.</summary>
    public bool Reverse { get; }

    /// <summary>The limit, as sent; null when there was none.</summary>
    public string? Limit { get; }

    /// <summary>Whether the client has asked for a page of records.</summary>
    public bool IsListing => Method == "com.atproto.repo.listRecords";

    /// <summary>The status it was answered with; 0 before, and when the connection was dropped without one.</summary>
    public int Status { get => status; internal set => status = value; }

    /// <summary>
    /// Whether the whole answer was handed to the connection, and the client was still there. Not that the client made anything of it.
    /// </summary>
    public bool Answered { get => answered; internal set => answered = value; }

    /// <inheritdoc/>
    public override string ToString() => $"{Target} -> {(Answered ? Status : $"{Status} (not answered in full)")}";

    static string? Query(HttpRequest request, string name) =>
        request.Query.TryGetValue(name, out var values) && values.Count > 0 ? values[0] : null;
}
