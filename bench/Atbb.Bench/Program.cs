using System.CommandLine;
using Atbb.Bench;
using Atbb.Bench.Commands;

var root = new RootCommand("""
    Times whole backfills: a generated forum on a PDS of its own, a database of its own, the service as a process.

      run     this build, or this build against another one, in turns
      growth  how time, processor time and memory grow with the forum
    """)
{
    RunCommand.Create(),
    GrowthCommand.Create(),
    PdsCommand.Create(),
};

try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (BenchException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
