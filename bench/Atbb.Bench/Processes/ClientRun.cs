using System.Diagnostics;

namespace Atbb.Bench.Processes;

/// <summary>A contender's process from its start to its end.</summary>
/// <param name="Seconds">Wall clock, start of the process included.</param>
/// <param name="CpuSeconds">Its processor time.</param>
/// <param name="PeakBytes">The most memory it had in use.</param>
/// <param name="OtherCores">Cores that other processes of the machine took meanwhile.</param>
/// <param name="Run">What it says of its run.</param>
sealed record ClientRun(double Seconds, double CpuSeconds, long PeakBytes, double OtherCores, RunFigures Run)
{
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs it.</summary>
    /// <exception cref="BenchException">It ended with another status than 0.</exception>
    public static async Task<ClientRun> ToEndAsync(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder };
        ChildEnvironment.Clean(start, folder);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        var others = ProcFile.SecondsOfOthers();
        var cpu = ProcFile.SecondsOfEndedChildren();
        var begun = Stopwatch.GetTimestamp();
        await using var child = ChildProcess.Start(start);
        var peak = 0L;
        var ended = child.EndAsync(cancellationToken);
        while (await Task.WhenAny(ended, Task.Delay(LookEvery, CancellationToken.None)) != ended)
            peak = Math.Max(peak, ProcFile.PeakMemory(child.Id) ?? 0);
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;

        await ended;
        var otherCores = OtherProcesses.Cores(others, seconds);
        var output = await child.MustHaveSucceededAsync();
        return new ClientRun(seconds, ProcFile.SecondsOfEndedChildren() - cpu, peak, otherCores, RunFigures.Parse(output));
    }
}
