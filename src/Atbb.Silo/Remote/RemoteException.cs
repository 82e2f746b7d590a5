using System.Text.Json;

namespace Atbb.Silo.Remote;

/// <summary>What was asked of a serving process was not done. The message says why, and what to do.</summary>
/// <param name="exitCode">The process's exit status.</param>
/// <param name="message">One line.</param>
/// <param name="inner">What was met.</param>
/// <param name="problem">The problem details with which the process refused; null if it did not.</param>
sealed class RemoteException(int exitCode, string message, Exception? inner = null, JsonElement? problem = null) : Exception(message, inner)
{
    public int ExitCode => exitCode;

    public JsonElement? Problem => problem;

    /// <summary>Whether asking again may help: nobody answers, or what is behind the address says that it cannot now.</summary>
    public bool MayPass { get; init; }
}
