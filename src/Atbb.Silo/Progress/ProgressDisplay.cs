using System.Text.Json;
using Atbb.Silo.Admin;
using Atbb.Silo.Commands;
using Spectre.Console;

namespace Atbb.Silo.Progress;

/// <summary>What is shown where, and the line that programs read.</summary>
static class ProgressDisplay
{
    /// <summary>Standard output. Whether it is a terminal is asked of it alone: left to itself, Spectre takes a redirected standard error for a missing one.</summary>
    public static IAnsiConsole Screen { get; } = AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Yes,
        // https://no-color.org
        ColorSystem = Console.IsOutputRedirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        Interactive = Console.IsOutputRedirected ? InteractionSupport.No : InteractionSupport.Yes,
        Out = new AnsiConsoleOutput(Console.Out),
    });

    /// <summary>A bar on a terminal, lines elsewhere.</summary>
    public static IProgressDisplay ForConsole() => Console.IsOutputRedirected ? new PlainProgress(Console.Out) : new TerminalProgress(Screen);

    /// <summary>The same beside a JSON document: standard output is the document's.</summary>
    public static IProgressDisplay For(bool json) => json ? new PlainProgress(Console.Error) : ForConsole();

    /// <summary>The last line of output: one JSON object.</summary>
    /// <param name="outcome">How the run ended.</param>
    /// <param name="messages">Where its message goes.</param>
    public static void WriteResult(ForegroundOutcome outcome, TextWriter messages)
    {
        if (outcome.Message is { } message)
            messages.WriteLine(message);

        var node = outcome.Run is { } run ? JsonSerializer.SerializeToNode(RunAnswer.Of(run), RunAnswerJson.Default.RunAnswer)!.AsObject() : [];
        node["exitCode"] = outcome.ExitCode;
        node["resumed"] = outcome.IsResumed;
        Console.Out.WriteLine(node.ToJsonString(AdminJson.Options));
    }
}
