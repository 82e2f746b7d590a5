using System.Diagnostics;

namespace Atbb.Bench.Processes;

/// <summary>A contender's process from its start to its end.</summary>
/// <param name="Seconds">Wall clock, start of the process included.</param>
/// <param name="CpuSeconds">Its processor time.</param>
/// <param name="PeakBytes">The most memory it had in use.</param>
sealed record ClientRun(double Seconds, double CpuSeconds, long PeakBytes)
{
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs it.</summary>
    /// <exception cref="BenchException">It ended with another status than 0.</exception>
    public static async Task<ClientRun> ToEndAsync(string program, IReadOnlyList<string> arguments, string folder)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        ChildEnvironment.Clean(start);

        var cpu = ProcFile.SecondsOfEndedChildren();
        var begun = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        var peak = 0L;
        var ended = process.WaitForExitAsync();
        while (await Task.WhenAny(ended, Task.Delay(LookEvery)) != ended)
            peak = Math.Max(peak, ProcFile.PeakMemory(process.Id) ?? 0);
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;

        if (process.ExitCode != 0)
            throw new BenchException($"{program} {string.Join(' ', arguments)} ended with status {process.ExitCode}.\n{await output}\n{await errors}");
        return new ClientRun(seconds, ProcFile.SecondsOfEndedChildren() - cpu, peak);
    }
}
