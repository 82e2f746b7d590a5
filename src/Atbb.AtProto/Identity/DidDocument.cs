using Atbb.AtProto.Syntax;

namespace Atbb.AtProto.Identity;

/// <summary>What this service needs of a DID document.</summary>
/// <param name="Did">The account; checked against the document's <c>id</c>.</param>
/// <param name="Pds">Origin of the account's PDS: the first <c>#atproto_pds</c> service of type <c>AtprotoPersonalDataServer</c>.</param>
/// <param name="Handle">The first <c>at://</c> of <c>alsoKnownAs</c>, without the scheme; null when there is none. Not verified.</param>
/// <param name="ReadAt">When the document was read from its source.</param>
public sealed record DidDocument(Did Did, Uri Pds, string? Handle, DateTimeOffset ReadAt);
