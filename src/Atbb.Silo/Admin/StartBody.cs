using System.Text.Json.Serialization;

namespace Atbb.Silo.Admin;

/// <summary>What may come with a request for a run.</summary>
/// <param name="Dids">Repositories to know of from now on; a full sync reads them.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
sealed record StartBody(IReadOnlyList<string>? Dids);
