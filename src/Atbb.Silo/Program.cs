using System.CommandLine;
using System.CommandLine.Invocation;
using Atbb.Silo.Commands;
using Atbb.Silo.Configuration;
using Atbb.Silo.Remote;

var root = new RootCommand("""
    Atbb.Orleans builds the index of an atBB forum from the repositories of its members, and keeps it true.

      atbb demo                                    see it work: no network, no set-up
      atbb backfill --forum DID --dids FILE        one run in the foreground
      atbb serve --forum DID                       the service, with admin HTTP and dashboard
      atbb runs                                    what that service does and did; atbb run ID, atbb errors ID
      atbb doctor --forum DID                      is everything there that it needs?
    """)
{
    DemoCommand.Create(),
    BackfillCommand.Create(),
    ServeCommand.Create(),
    StartCommand.Create(),
    RunsCommand.Create(),
    RunCommand.Create(),
    ErrorsCommand.Create(),
    RetryCommand.Create(),
    ChangeCommand.Create("pause", "Stops a run within a page of each repository. It stays stopped, also over restarts."),
    ChangeCommand.Create("resume", "Goes on with a paused run."),
    ChangeCommand.Create("cancel", "Ends a run within a page of each repository. What it has indexed stays."),
    RepoCommand.Create(),
    SyncCommand.Create(),
    DoctorCommand.Create(),
    CompletionCommand.Create(),
};

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
