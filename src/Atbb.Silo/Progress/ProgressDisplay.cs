using System.Text.Json;
using Atbb.Silo.Admin;
using Atbb.Silo.Commands;

namespace Atbb.Silo.Progress;

/// <summary>What is shown where, and the line that programs read.</summary>
static class ProgressDisplay
{
    /// <summary>A bar on a terminal, lines elsewhere.</summary>
    public static IProgressDisplay ForConsole() => Console.IsOutputRedirected ? new PlainProgress(Console.Out) : new TerminalProgress();

    /// <summary>The last line of output: one JSON object.</summary>
    public static void WriteResult(ForegroundOutcome outcome)
    {
        if (outcome.Message is { } message)
            Console.Out.WriteLine(message);

        var node = outcome.Run is { } run ? JsonSerializer.SerializeToNode(RunAnswer.Of(run), AdminJson.Options)!.AsObject() : [];
        node["exitCode"] = outcome.ExitCode;
        node["resumed"] = outcome.IsResumed;
        Console.Out.WriteLine(node.ToJsonString(AdminJson.Options));
    }
}
