using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Silo.Remote;

/// <summary>Some errors of a run.</summary>
/// <param name="Errors">In the order of their ids.</param>
/// <param name="Next">The id after which the next page begins; null when there is none.</param>
sealed record ErrorPage(IReadOnlyList<RunError> Errors, long? Next);
