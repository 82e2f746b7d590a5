using Atbb.AtProto.Xrpc;
using Atbb.Silo.Admin;
using Spectre.Console;

namespace Atbb.Silo.Remote;

/// <summary>Errors of a run or of the whole index: three lines for each, since what they say is long.</summary>
static class ErrorsView
{
    /// <summary>Writes them.</summary>
    public static void Write(IAnsiConsole screen, long? run, ErrorsAnswer page)
    {
        if (page.Errors.Count == 0)
            screen.WriteLine("There are none.");

        var grid = new Grid().AddColumn(new GridColumn().NoWrap().RightAligned().Padding(0, 0, 2, 0)).AddColumn(new GridColumn().Padding(0, 0, 0, 0));
        foreach (var error in page.Errors)
        {
            var times = error.Attempts > 1 ? $", {error.Attempts} times" : "";
            grid.AddRow(new Text(ForeignText.Shown(error.Id)), new Text($"{ForeignText.Shown(error.Kind)}{times}, {Words.Of(error.CreatedAt)}", Color.Yellow));
            if ((error.Uri ?? Where(error.Did, error.Collection)) is { } where)
                grid.AddRow(new Text(""), Words.Shown(where));
            grid.AddRow(new Text(""), Words.Shown(error.Message));
        }

        screen.Write(grid);
        if (page.Next is { } next)
            screen.WriteLine($"The next ones: atbb errors{(run is null ? "" : $" {run}")} --after {next}");
    }

    static string? Where(string? did, string? collection) => did is null ? null : collection is null ? did : $"{did}, {collection}";
}
