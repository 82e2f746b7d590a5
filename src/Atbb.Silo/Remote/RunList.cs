using Atbb.Silo.Admin;

namespace Atbb.Silo.Remote;

/// <summary>Runs, the newest first.</summary>
sealed record RunList(IReadOnlyList<RunAnswer> Runs);
