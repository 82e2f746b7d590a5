using System.CommandLine;
using System.CommandLine.Invocation;
using Atbb.Silo.Commands;
using Atbb.Silo.Configuration;
using Atbb.Silo.Remote;

var root = AtbbCommand.Create();

try
{
    // Each command deals with signals itself: a run is paused, not cut off after two seconds.
    var line = root.Parse(args);
    // The whole help after it would push the one line that matters off the screen.
    if (line.Action is ParseErrorAction wrong)
        wrong.ShowHelp = false;
    var code = await line.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    if (line.Errors.Count == 0)
        return code;
    await Console.Error.WriteLineAsync($"Help: {(line.CommandResult.Command == root ? "atbb" : $"atbb {line.CommandResult.Command.Name}")} --help");
    return ExitCode.BadConfiguration;
}
catch (BadSettingsException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return ExitCode.BadConfiguration;
}
catch (RemoteException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return e.ExitCode;
}
catch (Exception e) when (StartFailure.Explain(e) is { } message)
{
    await Console.Error.WriteLineAsync(message);
    return ExitCode.CannotStart;
}
