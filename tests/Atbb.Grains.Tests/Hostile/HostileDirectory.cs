using Atbb.Sample;
using static Atbb.Grains.Tests.Hostile.IndexedRows;

namespace Atbb.Grains.Tests.Hostile;

/// <summary>A directory, or DID documents, that lie. Where a document may lead is told by DidResolverTests: here private addresses are allowed.</summary>
static class HostileDirectory
{
    const string AtPds = "\"serviceEndpoint\":\"";

    public static IEnumerable<HostileAnswer> All =>
    [
        new("the document of another account", Untouched, "bad_did_document")
        {
            Document = (did, document) => document.Replace($"\"id\":\"{did}\"", "\"id\":\"did:plc:forged\"", StringComparison.Ordinal), Says = "did:plc:forged",
        },
        new("a document that names itself twice, falsely at last", Untouched, "bad_did_document") { Document = (_, document) => document[..^1] + ",\"id\":\"did:plc:forged\"}" },
        new("a document that names itself twice, truly at last", True)
        {
            Document = (did, document) => document.Replace($"\"id\":\"{did}\"", $"\"id\":\"did:plc:forged\",\"id\":\"{did}\"", StringComparison.Ordinal),
        },
        new("a document without a PDS", Untouched, "bad_did_document") { Document = (_, document) => document.Replace("#atproto_pds", "#other", StringComparison.Ordinal), Says = "no PDS" },
        new("a service that is an object", Untouched, "bad_did_document")
        {
            Document = (_, document) => document.Replace("\"service\":[", "\"service\":", StringComparison.Ordinal).Replace("}]}", "}}", StringComparison.Ordinal), Says = "no PDS",
        },
        new("two PDSes, the true one first", True)
        {
            Document = (_, document) => document[..^2] + """,{"id":"#atproto_pds","type":"AtprotoPersonalDataServer","serviceEndpoint":"http://127.0.0.1:9"}]}""",
        },
        new("a PDS that is a script", Untouched, "bad_did_document") { Document = At("javascript:alert(1)"), Says = "not an https origin" },
        new("a PDS that is a file", Untouched, "bad_did_document") { Document = At("file:///etc/passwd") },
        new("a PDS with a path and a question", Untouched, "bad_did_document") { Document = At("http://127.0.0.1:9/admin?delete=all") },
        new("a PDS with a user's name", Untouched, "bad_did_document") { Document = At("http://admin:admin@127.0.0.1:9") },
        new("a PDS written with line ends and escape sequences", Untouched, "bad_did_document") { Document = At("\\u001b[2J\\r\\ncrit: all is well"), Says = "all is well" },
        new("ten thousand services", Untouched, "unreachable")
        {
            Document = (_, document) => document.Replace("\"service\":[", "\"service\":[" + string.Concat(Enumerable.Repeat("""{"id":"#x","type":"X","serviceEndpoint":"x"},""", 10_000)), StringComparison.Ordinal),
            Says = "larger than",
        },
        new("a thousand services before the true one", True)
        {
            Document = (_, document) => document.Replace("\"service\":[", "\"service\":[" + string.Concat(Enumerable.Repeat("{\"\\ud800\":1},", 1_000)), StringComparison.Ordinal),
        },
        new("a handle with markup and marks of direction", True) { Document = (_, document) => Handled(document, "<script>\\u202e.example") },
        new("a handle of half a surrogate pair", True) { Document = (_, document) => Handled(document, "\\ud800.example") },
        new("a document with a byte order mark", True) { Document = (_, document) => "\uFEFF" + document },
        new("a document nested deep", Untouched, "unreachable") { Document = (_, document) => document[..^1] + ",\"x\":" + new string('[', 50_000) + new string(']', 50_000) + "}" },
        new("a document with bytes that are no UTF-8", True) { Fault = Directory(PdsFault.Rewritten(document => Handled(document, "\u00ff\u00fe.example"))) },
        new("a web page from the directory", Untouched, "unreachable") { Fault = Directory(PdsFault.Html(200)) },
        new("a directory that does not answer", Untouched, "unreachable") { Fault = Directory(PdsFault.Hang) },
        new("a directory that drips", Untouched, "unreachable") { Fault = Directory(PdsFault.Drip(1, TimeSpan.FromMilliseconds(100))) },
        new("a directory that redirects", Untouched, "redirected") { Fault = Directory(PdsFault.Redirect(new Uri("http://169.254.169.254/"))) },
        new("a directory's 403", Untouched, "unreachable") { Fault = Directory(PdsFault.Html(403)) },
        new("a directory's 404 for an account that is there", Untouched, "not_found", "notfound") { Fault = Directory(PdsFault.Html(404)) },
        new("a directory's 410, its word that the account is given up", Removed, null, "deleted") { Fault = Directory(PdsFault.Html(410)) },
    ];

    static Func<PdsRequest, PdsFault?> Directory(PdsFault fault) => request => request.Method == PdsRequest.DidDocument ? fault : null;

    static Func<string, string, string> At(string endpoint) => (_, document) =>
    {
        var begin = document.IndexOf(AtPds, StringComparison.Ordinal) + AtPds.Length;
        return document[..begin] + endpoint + document[document.IndexOf('"', begin)..];
    };

    static string Handled(string document, string handle)
    {
        var begin = document.IndexOf("at://", StringComparison.Ordinal) + "at://".Length;
        return document[..begin] + handle + document[document.IndexOf('"', begin)..];
    }
}
