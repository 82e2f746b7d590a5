using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Silo.Commands;

/// <summary>How a run in the foreground ended.</summary>
/// <param name="ExitCode">The process's exit status.</param>
/// <param name="Run">The run; null when there was none.</param>
/// <param name="IsResumed">Whether it had been begun by an earlier process, or before a pause.</param>
/// <param name="Message">What there is to say about it.</param>
sealed record ForegroundOutcome(int ExitCode, RunProgress? Run, bool IsResumed, string? Message);
