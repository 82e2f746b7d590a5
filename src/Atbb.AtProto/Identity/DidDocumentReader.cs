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
    /// <param name="allowHttp">Whether the PDS may be one without TLS.</param>
    /// <param name="readAt">When it was had from its source.</param>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="FormatException">It is not a document of this DID, or names no usable PDS; the message says why.</exception>
    public static DidDocument Read(ReadOnlySpan<byte> json, Did did, bool allowHttp, DateTimeOffset readAt)
    {
        var document = JsonSerializer.Deserialize(json, AnswersJson.Default.DidDocumentJson) ?? throw new JsonException("the document is null");
        if (DidDocumentJson.TextOf(document.Id) is not { } id)
            throw new FormatException("it has no id");
        if (id != did.Value)
            throw new FormatException($"it is the document of '{id}'");

        return new DidDocument(did, ReadPds(document, allowHttp), ReadHandle(document), readAt);
    }

    static Uri ReadPds(DidDocumentJson document, bool allowHttp)
    {
        foreach (var service in document.Services)
        {
            if (DidDocumentJson.TextOf(service, "id") is { } id && id.EndsWith(PdsServiceId, StringComparison.Ordinal)
                && DidDocumentJson.TextOf(service, "type") == PdsServiceType)
            {
                var endpoint = DidDocumentJson.TextOf(service, "serviceEndpoint");
                return ReadOrigin(endpoint, allowHttp) ?? throw new FormatException($"its PDS '{endpoint}' is not an https origin");
            }
        }

        throw new FormatException("it names no PDS");
    }

    static Uri? ReadOrigin(string? endpoint, bool allowHttp) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (allowHttp && uri.Scheme == Uri.UriSchemeHttp))
        && uri is { Host.Length: > 0, PathAndQuery: "/", Fragment: "", UserInfo: "" }
            ? uri
            : null;

    static string? ReadHandle(DidDocumentJson document)
    {
        var name = document.Names.FirstOrDefault(name => name.StartsWith(HandleScheme, StringComparison.Ordinal));
        return name is not null && Handle.IsValid(name.AsSpan(HandleScheme.Length)) ? name[HandleScheme.Length..].ToLowerInvariant() : null;
    }
}
