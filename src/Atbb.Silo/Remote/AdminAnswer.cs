using System.Text.Json;

namespace Atbb.Silo.Remote;

/// <summary>An answer of the admin HTTP.</summary>
/// <param name="Json">As it came, for programs: with what a newer service says and this one does not know.</param>
/// <param name="Value">As it is understood, for people.</param>
readonly record struct AdminAnswer<T>(JsonElement Json, T Value);
