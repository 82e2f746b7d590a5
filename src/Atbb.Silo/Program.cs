using System.CommandLine;
using System.CommandLine.Invocation;
using Atbb.Silo.Commands;

// Each command deals with signals itself: a run is paused, not cut off after two seconds.
var line = AtbbCommand.Parse(args);
var isForPrograms = CommandFailure.IsForPrograms(line);
try
{
    if (line.Action is ParseErrorAction wrong)
    {
        // The whole help after it would push the one line that matters off the screen.
        wrong.ShowHelp = false;
        // Those stand on standard output, which is the document's.
        wrong.ShowTypoCorrections = !isForPrograms;
    }

    var code = await line.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    if (line.Errors.Count == 0)
        return Leave(code);
    await Console.Error.WriteLineAsync($"Help: {(line.CommandResult == line.RootCommandResult ? "atbb" : $"atbb {line.CommandResult.Command.Name}")} --help");
    return End(CommandFailure.Of(line));
}
catch (Exception e) when (CommandFailure.Of(e) is { } failure)
{
    await Console.Error.WriteLineAsync(failure.Message);
    return End(failure);
}

int End(CommandFailure failure)
{
    if (isForPrograms)
        JsonOut.Write(failure.ToJson());
    return Leave(failure.ExitCode);
}

// A silo that was left as it is may still have threads, which the end of this method would wait for.
static int Leave(int code)
{
    Environment.Exit(code);
    return code;
}
