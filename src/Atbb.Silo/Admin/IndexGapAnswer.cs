using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Silo.Admin;

/// <summary>One reason why the index is not whole.</summary>
/// <param name="Kind">The reason.</param>
/// <param name="RunId">The run that it is about, if it is about one.</param>
sealed record IndexGapAnswer(IndexGapKind Kind, long? RunId);
