using System.Globalization;
using Spectre.Console;

namespace Atbb.Bench.Reports;

/// <summary>The table of <c>stages</c>.</summary>
static class StagesReport
{
    public static void Write(IReadOnlyDictionary<string, int> samples, int perSecond)
    {
        var all = samples.Values.Sum();
        var table = new Table().MarkdownBorder();
        table.AddColumn("step");
        table.AddColumn(new TableColumn("cpu s").RightAligned());
        table.AddColumn(new TableColumn("of all").RightAligned());
        foreach (var (stage, count) in samples.OrderByDescending(stage => stage.Value))
            Add(stage, count);
        Add("all", all);
        AnsiConsole.Write(table);

        void Add(string name, int count) => table.AddRow(
            name,
            string.Create(CultureInfo.InvariantCulture, $"{(double)count / perSecond:F2}"),
            string.Create(CultureInfo.InvariantCulture, $"{100.0 * count / all:F1} %"));
    }
}
