using Atbb.AtProto.Xrpc;
using Atbb.Silo.Admin;
using Spectre.Console;

namespace Atbb.Silo.Remote;

/// <summary>Errors of a run or of the whole index: three lines for each, since what they say is long.</summary>
static class ErrorsView
{
    /// <summary>Writes them.</summary>
    /// <param name="screen">Where to.</param>
    /// <param name="run">The run that was asked for; null for the whole index, where each says which it is of.</param>
    /// <param name="page">The page.</param>
    /// <param name="asked">The command for it, as it was given but for where it begins.</param>
    public static void Write(IAnsiConsole screen, long? run, ErrorsAnswer page, string asked)
    {
        if (page.Errors.Count == 0)
            screen.WriteLine("There are none.");

        var grid = new Grid().AddColumn(new GridColumn().NoWrap().RightAligned().Padding(0, 0, 2, 0)).AddColumn(new GridColumn().Padding(0, 0, 0, 0));
        foreach (var error in page.Errors)
        {
            var times = error.Attempts > 1 ? $", {error.Attempts} times" : "";
            grid.AddRow(new Text(ForeignText.Shown(error.Id)), new Text($"{ForeignText.Shown(error.Kind)}{times}, {Words.Of(error.CreatedAt)}{(run is null ? Met(error.RunId) : "")}", Color.Yellow));
            if ((error.Uri ?? Where(error.Did, error.Collection)) is { } where)
                grid.AddRow(new Text(""), Words.Shown(where));
            grid.AddRow(new Text(""), Words.Shown(error.Message));
        }

        screen.Write(grid);
        if (page.Next is { } next)
            screen.WriteLine($"The next ones: {asked} --after {next}");
    }

    static string Met(long run) => run == 0 ? ", read by hand" : $", run {run}";

    static string? Where(string? did, string? collection) => did is null ? null : collection is null ? did : $"{did}, {collection}";
}
