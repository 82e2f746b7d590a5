using System.CommandLine;
using Atbb.PlainLoop;

// By the options of `atbb backfill`, as far as Atbb.Bench gives them; what the loop has no use for is taken and passed over.
var forum = new Option<string>("--forum") { Required = true };
var database = new Option<string>("--database") { Required = true };
var plc = new Option<string>("--plc") { Required = true };
var dids = new Option<FileInfo>("--dids") { Required = true };
var root = new RootCommand("The plainest loop: every page of every collection of every repository into an empty index on PostgreSQL. Nothing is kept but rows.");
var backfill = new Command("backfill", "Runs it, and says what came of it in one line of JSON.") { forum, database, plc, dids, new Option<string>("--type"), new Option<string[]>("--set") };
backfill.SetAction(async (line, cancellationToken) =>
{
    var figures = await Loop.RunAsync(
        line.GetValue(database)!, new Uri(line.GetValue(plc)!), line.GetValue(forum)!, await File.ReadAllLinesAsync(line.GetValue(dids)!.FullName, cancellationToken), cancellationToken);
    Console.WriteLine(figures);
});
root.Subcommands.Add(backfill);
return await root.Parse(args).InvokeAsync();
