using System.Globalization;
using Atbb.Bench.Contenders;
using Atbb.Bench.Runs;
using Spectre.Console;

namespace Atbb.Bench.Reports;

/// <summary>The tables of <c>run</c>.</summary>
static class RunReport
{
    const double Megabyte = 1024 * 1024;

    // Wide enough for any of the tables: what a narrower terminal wraps can be read, and what is cut off cannot.
    const int Width = 250;

    /// <summary>One run in one line, for whoever waits.</summary>
    public static string Line(Measurement run) => string.Create(CultureInfo.InvariantCulture,
        $"{run.Workload} {run.Size} {run.Contender}, round {run.Round}: {run.Client.Seconds:F2} s{(run.IsQuiet ? "" : $", not quiet: others took {run.Client.OtherCores:F2} cores")}{(run.Faults.Count > 0 ? ", NOT WHOLE: " + string.Join("; ", run.Faults) : "")}");

    /// <summary>By workload and contender least, median and most of the quiet runs and, between two contenders, the ratios of their pairs.</summary>
    public static void Write(IReadOnlyList<Measurement> results, IReadOnlyList<Contender> contenders)
    {
        if (results.Count == 0)
            return;

        var table = TableOf("workload", "build", "quiet", "s", "run s", "records/s", "cpu s", "pg cpu s", "pds cpu s", "peak MB", "requests", "plc", "others", "whole");
        foreach (var group in results.GroupBy(run => (run.Workload, run.Contender)))
        {
            var first = group.First();
            table.AddRow(
                $"{first.Workload} {first.Size}", Markup.Escape(first.Contender),
                $"{group.Count(run => run.IsQuiet)} of {group.Count()}",
                Range(QuietRuns.Of(group), run => run.Client.Seconds),
                Range(QuietRuns.Of(group), run => run.Client.Run.WallSeconds ?? double.NaN),
                Number(group, run => run.Size.Records / run.Client.Seconds, "N0"),
                Range(QuietRuns.Of(group), run => run.Client.CpuSeconds),
                Number(group, run => run.PostgresCpuSeconds, "F2"),
                Number(group, run => run.PdsCpuSeconds, "F2"),
                Number(group, run => run.Client.PeakBytes / Megabyte, "F0"),
                Number(group, run => run.Pds.Requests, "N0"),
                Number(group, run => run.Pds.Directory, "N0"),
                Range(group, run => run.Client.OtherCores),
                group.All(run => run.Faults.Count == 0) ? "yes" : "NO");
        }

        AnsiConsole.Write(table);
        if (contenders.Count == 2)
            WriteRatios(results, contenders[0].Name, contenders[1].Name);
    }

    static void WriteRatios(IReadOnlyList<Measurement> results, string other, string own)
    {
        var table = TableOf("workload", $"{other} / {own}, s", "median", "run s, median", "cpu s, median");
        foreach (var workload in results.GroupBy(run => run.Workload))
        {
            var pairs = (from mine in workload
                         where mine.Contender == own
                         join theirs in workload.Where(run => run.Contender == other) on mine.Round equals theirs.Round
                         orderby mine.Round
                         select new Pair(mine, theirs)).ToList();
            var counted = QuietRuns.Of(pairs, pair => pair.IsQuiet);
            table.AddRow(
                workload.Key,
                // In brackets: it is not in the median.
                string.Join("  ", pairs.Select(pair => counted.Contains(pair) ? Spread.Text(pair.Seconds, "F2") : $"({Spread.Text(pair.Seconds, "F2")})")),
                Spread.Text(Median.Of(counted.Select(pair => pair.Seconds)), "F2"),
                Spread.Text(Median.Of(counted.Select(pair => pair.RunSeconds)), "F2"),
                Spread.Text(Median.Of(counted.Select(pair => pair.CpuSeconds)), "F2"));
        }

        AnsiConsole.Write(table);
    }

    // One round of a workload: how many times as much the other build took.
    sealed record Pair(Measurement Mine, Measurement Theirs)
    {
        public bool IsQuiet => Mine.IsQuiet && Theirs.IsQuiet;

        public double Seconds => Theirs.Client.Seconds / Mine.Client.Seconds;

        public double RunSeconds => (Theirs.Client.Run.WallSeconds / Mine.Client.Run.WallSeconds) ?? double.NaN;

        public double CpuSeconds => Theirs.Client.CpuSeconds / Mine.Client.CpuSeconds;
    }

    /// <summary>As Markdown writes a table, so that it can be kept in a document.</summary>
    public static Table TableOf(params string[] columns)
    {
        AnsiConsole.Profile.Width = Width;
        var table = new Table().Border(TableBorder.Markdown);
        foreach (var (at, column) in columns.Index())
            table.AddColumn(new TableColumn(Markup.Escape(column)) { Alignment = at < 1 ? Justify.Left : Justify.Right, NoWrap = true });
        return table;
    }

    /// <summary>The median of the quiet runs.</summary>
    public static string Number(IEnumerable<Measurement> runs, Func<Measurement, double> of, string format) => Spread.Text(Median.Of(QuietRuns.Of(runs).Select(of)), format);

    static string Range(IEnumerable<Measurement> runs, Func<Measurement, double> of) => Spread.Of(runs.Select(of)).ToString("F2");
}
