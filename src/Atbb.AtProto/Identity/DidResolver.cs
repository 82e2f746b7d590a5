using System.Net;
using System.Text.Json;
using Atbb.AtProto.Syntax;
using Atbb.AtProto.Xrpc;
using Microsoft.Extensions.Options;

namespace Atbb.AtProto.Identity;

/// <summary>Reads DID documents from the PLC directory and from the hosts of did:web, and remembers some of them.</summary>
sealed class DidResolver(XrpcClient xrpc, IOptions<AtProtoOptions> options, TimeProvider time) : IDidResolver
{
    // Documents are a few kB; a did:web's author may write any amount.
    const int MaxDocument = 256 * 1024;
    const string Question = "DID document";
    const string EncodedColon = "%3A";

    readonly AtProtoOptions options = options.Value;
    readonly DidCache cache = new(options.Value.DidCacheSize);

    public async Task<DidDocument> ResolveAsync(Did did, TimeSpan maxAge, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (maxAge > TimeSpan.Zero && cache.TryGet(did, maxAge < now - DateTimeOffset.MinValue ? now - maxAge : DateTimeOffset.MinValue, now, out var known))
            return known;

        try
        {
            var document = await ReadAsync(did, SourceOf(did), cancellationToken).ConfigureAwait(false);
            cache.Put(document);
            return document;
        }
        catch (AtProtoException e) when (!e.IsTransient)
        {
            // The account is gone or its document broken: the next call must not be told the old place.
            cache.Remove(did);
            throw;
        }
    }

    public string? HostOf(Did did)
    {
        try
        {
            return SourceOf(did).Origin.Authority;
        }
        catch (AtProtoException)
        {
            return null;
        }
    }

    async Task<DidDocument> ReadAsync(Did did, XrpcRequest source, CancellationToken cancellationToken)
    {
        try
        {
            using var body = await xrpc.GetAsync(source, cancellationToken).ConfigureAwait(false);
            return DidDocumentReader.Read(body.Memory.Span, did, options.Network.AllowPrivateAddresses, time.GetUtcNow());
        }
        catch (AtProtoException e) when (e.Failure is AtProtoFailure.Refused)
        {
            throw Reclass(did, source, e);
        }
        catch (FormatException e)
        {
            throw source.Failed(AtProtoFailure.BadDidDocument, $"not usable, {e.Message}", e);
        }
        catch (JsonException e)
        {
            throw source.Failed(AtProtoFailure.Malformed, $"the answer is not a DID document ({e.Message.TrimEnd('.')})", e);
        }
    }

    // Only these two say something about the account. Any other refusal (403 of a firewall, 400 of a proxy) is the source's trouble, and
    // taking it for the account's end would drop the account.
    static AtProtoException Reclass(Did did, XrpcRequest source, AtProtoException e) => e.Status switch
    {
        HttpStatusCode.NotFound => source.Failed(AtProtoFailure.DidNotFound, "HTTP 404, it does not know this DID", e, e.Status),
        HttpStatusCode.Gone when IsPlc(did) => source.Failed(AtProtoFailure.DidTombstoned, "HTTP 410, this DID was given up", e, e.Status),
        HttpStatusCode.Gone => source.Failed(AtProtoFailure.DidNotFound, "HTTP 410, it no longer knows this DID", e, e.Status),
        _ => source.Failed(AtProtoFailure.Malformed, $"HTTP {(int?)e.Status} is no answer about a DID", e, e.Status),
    };

    static bool IsPlc(Did did) => did.Method is "plc";

    XrpcRequest SourceOf(Did did) => did.Method switch
    {
        "plc" => new XrpcRequest(options.PlcDirectory, $"/{InPath(did)}", Question, did, MaxDocument) { Class = HostClass.Plc },
        "web" => new XrpcRequest(WebHostOf(did), "/.well-known/did.json", Question, did, MaxDocument) { Class = HostClass.Web },
        _ => throw new AtProtoException(
            AtProtoFailure.BadDidDocument, $"{Question} of {did}: did:{did.Method} is not a method of the AT Protocol (plc, web)."),
    };

    Uri WebHostOf(Did did)
    {
        var host = did.Id.ToString();
        if (host == "localhost" || host.StartsWith($"localhost{EncodedColon}", StringComparison.OrdinalIgnoreCase))
        {
            if (!options.Network.AllowPrivateAddresses)
                throw new AtProtoException(AtProtoFailure.Forbidden, $"{Question} of {did}: localhost is not an address of the public Internet.");

            var authority = host.Replace(EncodedColon, ":", StringComparison.OrdinalIgnoreCase);
            if (Uri.TryCreate($"http://{authority}/", UriKind.Absolute, out var local))
                return local;
        }
        // A name with a dot and nothing encoded in it: ports, paths, and addresses in digits are not for did:web in the AT Protocol.
        else if (Handle.IsValid(host))
        {
            return new Uri($"https://{host}/");
        }

        throw new AtProtoException(
            AtProtoFailure.BadDidDocument, $"{Question} of {did}: did:web is a host's name in the AT Protocol, without port or path.");
    }

    // Colons as they are, as the directory's own documentation writes them: not every directory decodes a path. Of a DID's other
    // characters only the percent sign means something there.
    static string InPath(Did did) => did.Value.Replace("%", "%25", StringComparison.Ordinal);
}
