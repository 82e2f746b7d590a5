namespace Atbb.Silo.Remote;

/// <summary>What was asked of a serving process was not done. The message says why, and what to do.</summary>
/// <param name="exitCode">The process's exit status.</param>
/// <param name="message">One line.</param>
/// <param name="inner">What was met.</param>
sealed class RemoteException(int exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode => exitCode;
}
