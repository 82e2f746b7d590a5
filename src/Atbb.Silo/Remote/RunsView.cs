using Atbb.Grains.Interfaces.Runs;
using Atbb.Silo.Admin;
using Spectre.Console;

namespace Atbb.Silo.Remote;

/// <summary>Runs as a table.</summary>
static class RunsView
{
    /// <summary>Writes it.</summary>
    /// <param name="screen">Where to.</param>
    /// <param name="page">The newest first.</param>
    public static void Write(IAnsiConsole screen, RunsAnswer page)
    {
        var runs = page.Runs;
        if (runs.Count == 0)
        {
            screen.WriteLine("There has been no run yet. Start one: atbb start.");
            return;
        }

        var table = new Table().Border(TableBorder.None);
        foreach (var (name, isNumber) in new[] { ("run", true), ("type", false), ("status", false), ("users", true), ("records", true), ("errors", true), ("started", false) })
        {
            var column = new TableColumn(name).NoWrap().Padding(0, 0, 2, 0);
            table.AddColumn(isNumber ? column.RightAligned() : column);
        }

        foreach (var run in runs)
            table.AddRow(
                new Text(Words.Of(run.RunId)), new Text(Words.Of(run.Type)), Status(run.Status), new Text(Users(run)),
                new Text(Words.Of(run.RecordsIndexed + run.RecordsUpdated + run.RecordsUnchanged + run.RecordsDeleted)),
                new Text(Words.Of(run.RecordsFailed), run.RecordsFailed > 0 ? Color.Yellow : Style.Plain), new Text(Words.Of(run.StartedAt)));
        screen.Write(table);
        if (page.Next is { } next)
            screen.WriteLine($"Those before: atbb runs --before {next}");
    }

    /// <summary>A state, coloured where that helps.</summary>
    public static Text Status(RunStatus status) => new(Words.Of(status), status switch
    {
        RunStatus.Completed => Color.Green,
        RunStatus.Failed => Color.Red,
        RunStatus.Paused or RunStatus.Cancelled => Color.Yellow,
        RunStatus.InProgress => Style.Plain,
        _ => Style.Plain,
    });

    static string Users(RunAnswer run) =>
        run.DidsDone == run.DidsTotal ? Words.Of(run.DidsTotal) : $"{Words.Of(run.DidsDone)}/{Words.Of(run.DidsTotal)}";
}
