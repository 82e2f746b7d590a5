using System.Text.Json;
using Atbb.AtProto.Syntax;
using Atbb.AtProto.Xrpc;

namespace Atbb.AtProto.Identity;

/// <summary>Reads and checks a DID document: whoever wrote it may be anybody.</summary>
static class DidDocumentReader
{
    const string PdsServiceId = "#atproto_pds";
    const string PdsServiceType = "AtprotoPersonalDataServer";
    const string HandleScheme = "at://";

    /// <summary>Reads what this service needs of a document.</summary>
    /// <param name="json">The document.</param>
    /// <param name="did">Whose it must be.</param>
    /// <param name="allowPrivate">Whether the PDS may be one without TLS, at any port, on any host.</param>
    /// <param name="readAt">When it was had from its source.</param>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="FormatException">It is not a document of this DID, or names no usable PDS; the message says why.</exception>
    public static DidDocument Read(ReadOnlySpan<byte> json, Did did, bool allowPrivate, DateTimeOffset readAt)
    {
        var document = JsonSerializer.Deserialize(json, AnswersJson.Default.DidDocumentJson) ?? throw new JsonException("the document is null");
        if (DidDocumentJson.TextOf(document.Id) is not { } id)
            throw new FormatException("it has no id");
        if (id != did.Value)
            throw new FormatException($"it is the document of '{id}'");

        return new DidDocument(did, ReadPds(document, allowPrivate), ReadHandle(document), readAt);
    }

    static Uri ReadPds(DidDocumentJson document, bool allowPrivate)
    {
        foreach (var service in document.Services)
        {
            if (DidDocumentJson.TextOf(service, "id") is { } id && id.EndsWith(PdsServiceId, StringComparison.Ordinal)
                && DidDocumentJson.TextOf(service, "type") == PdsServiceType)
            {
                var endpoint = DidDocumentJson.TextOf(service, "serviceEndpoint");
                var pds = ReadOrigin(endpoint, allowPrivate) ?? throw new FormatException($"its PDS '{endpoint}' is not an https origin");
                return allowPrivate || Refuse(pds) is not { } fault ? pds : throw new FormatException($"its PDS '{endpoint}' is {fault}");
            }
        }

        throw new FormatException("it names no PDS");
    }

    static Uri? ReadOrigin(string? endpoint, bool allowPrivate) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (allowPrivate && uri.Scheme == Uri.UriSchemeHttp))
        && uri is { Host.Length: > 0, PathAndQuery: "/", Fragment: "", UserInfo: "" }
            ? uri
            : null;

    // Another port makes this service knock at whatever listens there. A name without a dot is looked up in the operator's own domain, one
    // with a dot behind it would be another host to be polite to; numbers, however written, are nobody's name.
    static string? Refuse(Uri pds) =>
        !pds.IsDefaultPort ? $"at port {pds.Port}, where 443 alone is asked"
        : !Handle.IsValid(pds.IdnHost) ? "not at the name of a public host"
        : null;

    static string? ReadHandle(DidDocumentJson document)
    {
        var name = document.Names.FirstOrDefault(name => name.StartsWith(HandleScheme, StringComparison.Ordinal));
        return name is not null && Handle.IsValid(name.AsSpan(HandleScheme.Length)) ? name[HandleScheme.Length..].ToLowerInvariant() : null;
    }
}
