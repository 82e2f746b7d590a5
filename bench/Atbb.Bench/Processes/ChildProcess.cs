using System.Diagnostics;

namespace Atbb.Bench.Processes;

/// <summary>A process that is run to its end. It ends earlier, with all its children, where nobody waits for it any more.</summary>
sealed class ChildProcess : IAsyncDisposable
{
    readonly Process process;
    readonly string commandLine;
    readonly Task<string> output;
    readonly Task<string> errors;

    ChildProcess(Process process, string commandLine)
    {
        (this.process, this.commandLine) = (process, commandLine);
        process.StandardInput.Close();
        output = process.StandardOutput.ReadToEndAsync();
        errors = process.StandardError.ReadToEndAsync();
    }

    public int Id => process.Id;

    public static ChildProcess Start(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        return new ChildProcess(Process.Start(start)!, $"{start.FileName} {string.Join(' ', start.ArgumentList)}");
    }

    /// <summary>Waits for its end.</summary>
    public Task EndAsync(CancellationToken cancellationToken) => process.WaitForExitAsync(cancellationToken);

    /// <summary>What it has written to its standard output.</summary>
    /// <exception cref="BenchException">It has ended with another status than 0.</exception>
    public async Task<string> MustHaveSucceededAsync() => process.ExitCode == 0
        ? await output
        : throw new BenchException($"{commandLine} ended with status {process.ExitCode}.\n{await output}{await errors}");

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }
}
