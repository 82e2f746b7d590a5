using System.Globalization;
using Atbb.Bench.Contenders;
using Atbb.Bench.Runs;
using Spectre.Console;

namespace Atbb.Bench.Reports;

/// <summary>The tables of <c>run</c>.</summary>
static class RunReport
{
    const double Megabyte = 1024 * 1024;

    /// <summary>One run in one line, for whoever waits.</summary>
    public static string Line(Measurement run) => string.Create(CultureInfo.InvariantCulture,
        $"{run.Workload} {run.Size} {run.Contender}, round {run.Round}: {run.Client.Seconds:F2} s{(run.Faults.Count > 0 ? ", NOT WHOLE: " + string.Join("; ", run.Faults) : "")}");

    /// <summary>Medians by workload and contender and, between two of them, the ratios of their pairs.</summary>
    public static void Write(IReadOnlyList<Measurement> results, IReadOnlyList<Contender> contenders)
    {
        if (results.Count == 0)
            return;

        var table = TableOf("workload", "build", "s", "records/s", "cpu s", "pg cpu s", "pds cpu s", "peak MB", "requests", "plc", "whole");
        foreach (var group in results.GroupBy(run => (run.Workload, run.Contender)))
        {
            var first = group.First();
            table.AddRow(
                $"{first.Workload} {first.Size}", Markup.Escape(first.Contender),
                Number(group, run => run.Client.Seconds, "F2"),
                Number(group, run => run.Size.Records / run.Client.Seconds, "N0"),
                Number(group, run => run.Client.CpuSeconds, "F2"),
                Number(group, run => run.PostgresCpuSeconds, "F2"),
                Number(group, run => run.PdsCpuSeconds, "F2"),
                Number(group, run => run.Client.PeakBytes / Megabyte, "F0"),
                Number(group, run => run.Pds.Requests, "N0"),
                Number(group, run => run.Pds.Directory, "N0"),
                group.All(run => run.Faults.Count == 0) ? "yes" : "NO");
        }

        AnsiConsole.Write(table);
        if (contenders.Count == 2)
            WriteRatios(results, contenders[0].Name, contenders[1].Name);
    }

    static void WriteRatios(IReadOnlyList<Measurement> results, string other, string own)
    {
        var table = TableOf("workload", $"{other} / {own}, wall clock", "median", "cpu, median");
        foreach (var workload in results.GroupBy(run => run.Workload))
        {
            var pairs = (from mine in workload
                         where mine.Contender == own
                         join theirs in workload.Where(run => run.Contender == other) on mine.Round equals theirs.Round
                         orderby mine.Round
                         select (Mine: mine.Client, Theirs: theirs.Client)).ToList();
            var walls = pairs.Select(pair => pair.Theirs.Seconds / pair.Mine.Seconds).ToList();
            table.AddRow(
                workload.Key,
                string.Join("  ", walls.Select(ratio => Text(ratio, "F2"))),
                Text(Median.Of(walls), "F2"),
                Text(Median.Of(pairs.Select(pair => pair.Theirs.CpuSeconds / pair.Mine.CpuSeconds)), "F2"));
        }

        AnsiConsole.Write(table);
    }

    /// <summary>As Markdown writes a table, so that it can be kept in a document.</summary>
    public static Table TableOf(params string[] columns)
    {
        // Wide enough for any of the tables when nobody's terminal says how wide it is.
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 200;
        var table = new Table().Border(TableBorder.Markdown);
        foreach (var (at, column) in columns.Index())
            table.AddColumn(new TableColumn(Markup.Escape(column)) { Alignment = at < 1 ? Justify.Left : Justify.Right, NoWrap = true });
        return table;
    }

    public static string Number(IEnumerable<Measurement> runs, Func<Measurement, double> of, string format) => Text(Median.Of(runs.Select(of)), format);

    static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
