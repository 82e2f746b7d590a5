using System.CommandLine;
using Atbb.Bench;
using Atbb.Bench.Commands;

var root = new RootCommand("""
    Times whole backfills: a generated forum on a PDS of its own, a database of its own, the service as a process.

      run     this build, or this build against another one, in turns
      growth  how time, processor time and memory grow with the forum
      stages  where the service's processor time goes

    And makes what a published build is compiled with:

      profile what the service compiles while it runs
    """)
{
    RunCommand.Create(),
    GrowthCommand.Create(),
    StagesCommand.Create(),
    ProfileCommand.Create(),
    PdsCommand.Create(),
};

// After Ctrl-C: the longest that ending the children takes, and removing what they have left. What is not done by then is left lying about.
var ending = TimeSpan.FromMinutes(1);
const int Interrupted = 130;

try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = ending });
}
catch (OperationCanceledException)
{
    return Interrupted;
}
catch (BenchException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
