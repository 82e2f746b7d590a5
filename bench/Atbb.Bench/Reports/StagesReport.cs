using Spectre.Console;

namespace Atbb.Bench.Reports;

/// <summary>The table of <c>stages</c>.</summary>
static class StagesReport
{
    public static void Write(IReadOnlyDictionary<string, int> samples)
    {
        var all = (double)samples.Values.Sum();
        var table = new Table().MarkdownBorder();
        table.AddColumn("step");
        table.AddColumn(new TableColumn("of the processor time").RightAligned());
        foreach (var (stage, count) in samples.OrderByDescending(stage => stage.Value))
            table.AddRow(stage, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{100 * count / all:F1} %"));
        AnsiConsole.Write(table);
    }
}
