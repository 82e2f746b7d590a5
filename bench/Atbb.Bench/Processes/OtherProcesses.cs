using System.Diagnostics;
using System.Globalization;

namespace Atbb.Bench.Processes;

/// <summary>What everybody else on the machine takes of its processors meanwhile: a figure of a busy machine is none.</summary>
static class OtherProcesses
{
    /// <summary>Cores that others may take of a machine that counts as quiet.</summary>
    public const double QuietBelow = 0.1;

    // Processor time is told in hundredths of a second: a tenth of a core is ten of them in this time.
    static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>Waits until the machine is quiet for a second, and no longer than it is told to.</summary>
    public static async Task WaitUntilQuietAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        var cores = 0.0;
        while (Stopwatch.GetElapsedTime(begun) < limit)
        {
            var (before, from) = (ProcFile.SecondsOfOthers(), Stopwatch.GetTimestamp());
            await Task.Delay(Look, cancellationToken);
            cores = Cores(before, Stopwatch.GetElapsedTime(from).TotalSeconds);
            if (cores < QuietBelow)
                return;
        }

        if (limit > TimeSpan.Zero)
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"It was not quiet within {limit.TotalSeconds:F0} s: others take {cores:F2} cores."));
    }

    /// <summary>Cores that they took on the average, since their processor seconds were so many.</summary>
    public static double Cores(double secondsBefore, double seconds) => Math.Max(0, ProcFile.SecondsOfOthers() - secondsBefore) / seconds;
}
