using System.CommandLine;
using Atbb.Silo.Commands;
using Atbb.Silo.Configuration;

var root = new RootCommand("""
    Atbb.Orleans builds the index of an atBB forum from the repositories of its members, and keeps it true.

      atbb demo                                    see it work: no network, no set-up
      atbb backfill --forum DID --dids FILE        one run in the foreground
      atbb serve --forum DID                       the service, with admin HTTP and dashboard
    """)
{
    DemoCommand.Create(),
    BackfillCommand.Create(),
    ServeCommand.Create(),
};

try
{
    // Each command deals with signals itself: a run is paused, not cut off after two seconds.
    var line = root.Parse(args);
    var code = await line.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    return line.Errors.Count > 0 ? ExitCode.BadConfiguration : code;
}
catch (BadSettingsException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return ExitCode.BadConfiguration;
}
catch (Exception e) when (StartFailure.Explain(e) is { } message)
{
    await Console.Error.WriteLineAsync(message);
    return ExitCode.CannotStart;
}
