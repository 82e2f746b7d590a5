using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Atbb.Sample;

/// <summary>
/// A PLC directory: DID to DID document. Every <see cref="SamplePds"/> that shares it serves it at <c>GET /{did}</c>, so that any of
/// their origins is the directory's.
/// </summary>
public sealed class SamplePlc
{
    readonly ConcurrentDictionary<string, Func<string>> documents = new();
    readonly ConcurrentDictionary<string, bool> tombstones = new();

    /// <summary>How many DIDs have a document.</summary>
    public int Count => documents.Count;

    /// <summary>Writes the document of an account that lives on a PDS.</summary>
    public void Register(string did, string handle, Uri pds) => Set(did, () => DocumentOf(did, handle, pds));

    /// <summary>Sets a document as it is; any text, also one that is no document.</summary>
    public void SetDocument(string did, string document) => Set(did, () => document);

    /// <summary>Gives a DID up for good: 410 from now on.</summary>
    public void Tombstone(string did)
    {
        tombstones[did] = true;
        documents.TryRemove(did, out _);
    }

    /// <summary>Forgets a DID: 404 from now on.</summary>
    public void Forget(string did)
    {
        documents.TryRemove(did, out _);
        tombstones.TryRemove(did, out _);
    }

    /// <summary>The document of a DID, or null.</summary>
    public string? Find(string did) => documents.GetValueOrDefault(did)?.Invoke();

    internal bool IsTombstoned(string did) => tombstones.ContainsKey(did);

    /// <summary>A DID document as the PLC directory writes them.</summary>
    public static string DocumentOf(string did, string handle, Uri pds) => new JsonObject
    {
        ["@context"] = new JsonArray(
            "https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1", "https://w3id.org/security/suites/secp256k1-2019/v1"),
        ["id"] = did,
        ["alsoKnownAs"] = new JsonArray($"at://{handle}"),
        ["verificationMethod"] = new JsonArray(new JsonObject
        {
            ["id"] = $"{did}#atproto",
            ["type"] = "Multikey",
            ["controller"] = did,
            // The specification's example key: nothing here is signed.
            ["publicKeyMultibase"] = "zQ3shqwJEJyMBsBXCWyCBpUBMqxcon9oHB7mCvx4sSpMdLJwc",
        }),
        ["service"] = new JsonArray(new JsonObject
        {
            ["id"] = "#atproto_pds",
            ["type"] = "AtprotoPersonalDataServer",
            ["serviceEndpoint"] = pds.GetLeftPart(UriPartial.Authority),
        }),
    }.ToJsonString();

    // Written out when asked for: a document is many times the size of what it says.
    void Set(string did, Func<string> document)
    {
        documents[did] = document;
        tombstones.TryRemove(did, out _);
    }
}
