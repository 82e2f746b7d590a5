namespace Atbb.Silo.Admin;

/// <summary>How many errors of a kind stand open.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Count">How many.</param>
sealed record KindAnswer(string Kind, long Count);
