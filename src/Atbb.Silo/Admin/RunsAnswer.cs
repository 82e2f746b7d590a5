namespace Atbb.Silo.Admin;

/// <summary>A page of runs, the newest first.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="Next">The <c>before</c> of the next page; null: this is the last one.</param>
sealed record RunsAnswer(IReadOnlyList<RunAnswer> Runs, long? Next);
