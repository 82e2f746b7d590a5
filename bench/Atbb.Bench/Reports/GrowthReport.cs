using Atbb.Bench.Runs;
using Spectre.Console;

namespace Atbb.Bench.Reports;

/// <summary>The tables of <c>growth</c>: one a series, one line a size.</summary>
static class GrowthReport
{
    const double Megabyte = 1024 * 1024;

    public static void Write(IReadOnlyList<Measurement> results)
    {
        foreach (var series in results.GroupBy(run => run.Workload))
        {
            var table = RunReport.TableOf(series.Key, "records", "s", "µs/record", "cpu s", "cpu µs/record", "pg cpu s", "peak MB", "requests", "plc", "whole");
            foreach (var size in series.GroupBy(run => run.Size))
            {
                table.AddRow(
                    size.Key.ToString(),
                    RunReport.Number(size, run => run.Size.Records, "N0"),
                    RunReport.Number(size, run => run.Client.Seconds, "F2"),
                    RunReport.Number(size, run => 1e6 * run.Client.Seconds / run.Size.Records, "F0"),
                    RunReport.Number(size, run => run.Client.CpuSeconds, "F2"),
                    RunReport.Number(size, run => 1e6 * run.Client.CpuSeconds / run.Size.Records, "F0"),
                    RunReport.Number(size, run => run.PostgresCpuSeconds, "F2"),
                    RunReport.Number(size, run => run.Client.PeakBytes / Megabyte, "F0"),
                    RunReport.Number(size, run => run.Pds.Requests, "N0"),
                    RunReport.Number(size, run => run.Pds.Directory, "N0"),
                    size.All(run => run.Faults.Count == 0) ? "yes" : "NO");
            }

            AnsiConsole.Write(table);
        }
    }
}
