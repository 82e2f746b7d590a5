using System.Globalization;
using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Silo.Admin;

/// <summary>Something that is not in the index, as the admin HTTP shows it. <c>id</c> as text, <c>errorMessage</c> and the fields of the same name are atBB's.</summary>
/// <param name="Id">Orders the errors of a run.</param>
/// <param name="RunId">The run; 0: what was read by hand.</param>
/// <param name="Did">The repository; null for a failure of a relay.</param>
/// <param name="Collection">The collection; null for a failure of the repository as a whole.</param>
/// <param name="Uri">The record, or the relay's origin; null for a failure of the repository or of a page.</param>
/// <param name="Cid">The record's CID, where it has one.</param>
/// <param name="Kind">The class of the failure.</param>
/// <param name="Message">What happened and what to do.</param>
/// <param name="Attempts">How often it was met in this run.</param>
/// <param name="CreatedAt">When it was first met in this run.</param>
sealed record ErrorAnswer(
    string Id, long RunId, string? Did, string? Collection, string? Uri, string? Cid, string Kind, string Message, int Attempts, DateTimeOffset CreatedAt)
{
    /// <summary>The message.</summary>
    public string ErrorMessage => Message;

    public static ErrorAnswer Of(RunError error) => new(
        error.Id.ToString(CultureInfo.InvariantCulture), error.RunId, error.Did, error.Collection, error.Uri, error.Cid, error.Kind, error.Message,
        error.Attempts, error.CreatedAt);
}
