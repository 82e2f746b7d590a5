using System.CommandLine;
using Atbb.Bench.Runs;

namespace Atbb.Bench.Commands;

/// <summary>The options that both measurements have.</summary>
sealed class CommonOptions
{
    readonly Option<bool> sqlite = new("--sqlite") { Description = "Into a SQLite file. Default: into a PostgreSQL server of the benchmark's own." };

    readonly Option<int> latency = new("--latency") { Description = "Milliseconds that the PDS takes for every answer. Default 0.", HelpName = "MS" };

    readonly Option<int> seed = new("--seed") { Description = "What the forum's chance starts from.", DefaultValueFactory = _ => 1, HelpName = "N" };

    readonly Option<int> waitQuiet = new("--wait-quiet")
    {
        Description = "Before each run, wait until other processes take less than a tenth of a core, for so many seconds at most. Default 0.",
        HelpName = "SECONDS",
    };

    readonly Option<bool> json = new("--json") { Description = "One JSON document with every run, in place of tables." };

    readonly Option<string[]> set = new("--set")
    {
        Description = "A setting of the contenders, as NAME=VALUE. May be given several times.",
        HelpName = "NAME=VALUE",
        AllowMultipleArgumentsPerToken = false,
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { sqlite, latency, seed, waitQuiet, set, json })
            command.Options.Add(option);
    }

    public BenchOptions Read(ParseResult line) =>
        new(line.GetValue(sqlite), line.GetValue(latency), line.GetValue(seed), TimeSpan.FromSeconds(line.GetValue(waitQuiet)), line.GetValue(set) ?? []);

    public bool WantsJson(ParseResult line) => line.GetValue(json);
}
