namespace Atbb.Silo.Admin;

/// <summary>A page of errors, of a run or of the whole index, the oldest first.</summary>
/// <param name="Errors">The errors.</param>
/// <param name="Next">The <c>after</c> of the next page; null: this is the last one.</param>
sealed record ErrorsAnswer(IReadOnlyList<ErrorAnswer> Errors, long? Next);
