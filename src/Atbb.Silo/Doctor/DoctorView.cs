using Atbb.AtProto.Xrpc;
using Spectre.Console;

namespace Atbb.Silo.Doctor;

/// <summary>Findings for a person: one line each where lines are read by programs, broken at the width of a terminal.</summary>
static class DoctorView
{
    /// <summary>Writes them.</summary>
    public static void Write(IAnsiConsole screen, IReadOnlyList<Finding> findings)
    {
        if (Console.IsOutputRedirected)
            foreach (var finding in findings)
                Console.Out.WriteLine($"{NameOf(finding.Verdict),-7}  {finding.Check,-8}  {Sentence(finding)}");
        else
            screen.Write(TableOf(findings));
    }

    static Grid TableOf(IReadOnlyList<Finding> findings)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().Padding(0, 0, 2, 0)).AddColumn(new GridColumn().NoWrap().Padding(0, 0, 2, 0)).AddColumn(new GridColumn().Padding(0, 0, 0, 0));
        foreach (var finding in findings)
            grid.AddRow(new Text(NameOf(finding.Verdict), ColorOf(finding.Verdict)), new Text(finding.Check), new Text(Sentence(finding)));
        return grid;
    }

    static string Sentence(Finding finding) => ForeignText.Shown(finding.Advice is { } advice ? $"{finding.Message} {advice}" : finding.Message);

    static string NameOf(Verdict verdict) => verdict switch
    {
        Verdict.Ok => "ok",
        Verdict.Warning => "warning",
        Verdict.Problem => "PROBLEM",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };

    static Color ColorOf(Verdict verdict) => verdict switch
    {
        Verdict.Ok => Color.Green,
        Verdict.Warning => Color.Yellow,
        Verdict.Problem => Color.Red,
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };
}
