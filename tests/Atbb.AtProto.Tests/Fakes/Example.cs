using Atbb.AtProto.Repo;
using Atbb.AtProto.Syntax;

namespace Atbb.AtProto.Tests.Fakes;

static class Example
{
    public const string Cid = "bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a";
    public const string Rev = "3jzfcijpj2z2a";

    public static Did Did { get; } = Did.Parse("did:plc:z72i7hdynmk6r22z27h6tvur");

    public static Nsid Post { get; } = Nsid.Parse("space.atbb.post");

    public static Uri Pds { get; } = new("https://pds.example");

    public static RecordQuery Query => new(Did, Post, Cursor: null);

    public static string Item(string rkey, string value = """{"text":"hi"}""") =>
        $$"""{"uri":"at://{{Did}}/{{Post}}/{{rkey}}","cid":"{{Cid}}","value":{{value}}}""";

    public static string DidDocument(string? did = null, string pds = "https://pds.example", string handle = "alice.example") =>
        $$"""
        {"@context":["https://www.w3.org/ns/did/v1"],"id":"{{did ?? Did.Value}}","alsoKnownAs":["at://{{handle}}"],
         "verificationMethod":[],"service":[{"id":"#atproto_pds","type":"AtprotoPersonalDataServer","serviceEndpoint":"{{pds}}"}]}
        """;
}
