namespace Atbb.Indexing.Runs;

/// <summary>Which of the errors that stand open, of whatever run.</summary>
/// <param name="Did">Only those of this repository; null for all.</param>
/// <param name="Kind">Only those of this kind; null for all.</param>
/// <param name="AfterId">Only those after this one: the last id of the page before.</param>
/// <param name="Limit">How many at most.</param>
public sealed record OpenErrorQuery(string? Did = null, string? Kind = null, long AfterId = 0, int Limit = 100);
