using System.CommandLine;
using Atbb.Bench.Contenders;
using Atbb.Bench.Indexes;
using Atbb.Bench.Reports;
using Atbb.Bench.Runs;

namespace Atbb.Bench.Commands;

/// <summary><c>run</c>: the workloads, one contender or two in turns.</summary>
static class RunCommand
{
    public static Command Create()
    {
        var common = new CommonOptions();
        var against = new Option<string?>("--against")
        {
            Description = "Another build: a commit or a branch such as HEAD~1 or main, a checkout, or an executable, which is taken as it is. Default: this build alone.",
            HelpName = "COMMIT|PATH",
        };
        var plain = new Option<bool>("--plain") { Description = "Against the plainest loop that fills the same tables, on PostgreSQL: what is left when nothing is kept for a second start. W1 and W2 only." };
        var publish = new Option<bool>("--publish") { Description = "Both as they are published for this platform, compiled ahead. Default: both as dotnet build makes them. Takes minutes." };
        var rounds = new Option<int>("--rounds") { Description = "How often each contender runs each workload.", DefaultValueFactory = _ => 3, HelpName = "N" };
        var scale = new Option<double>("--scale") { Description = "Smaller or larger forums: 0.05 is a look at everything in a minute.", DefaultValueFactory = _ => 1, HelpName = "X" };
        var workloads = new Option<string>("--workloads")
        {
            Description = "W1: 2,000 members with 20 posts each. W2: 50 with 2,000. W3: W1 once more, unchanged; it brings W1 along.",
            DefaultValueFactory = line => line.GetValue(plain) ? "W1,W2" : "W1,W3,W2",
            HelpName = "W1,…",
        };
        var command = new Command("run", "Runs the workloads in rounds, the contenders in turns, and compares them pair by pair. The exit status is 1 when a run failed or an index was not whole; what was measured is shown all the same.");
        foreach (var option in new Option[] { against, plain, publish, rounds, scale, workloads })
            command.Options.Add(option);
        common.AddTo(command);
        command.SetAction(async (line, cancellationToken) =>
        {
            var isPlain = line.GetValue(plain);
            var names = line.GetValue(workloads)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.OrdinalIgnoreCase);
            if (names.Contains("W3"))
                names.Add("W1");
            var chosen = Workload.All(line.GetValue(scale)).Where(workload => names.Remove(workload.Name)).ToList();
            if (names.Count > 0 || chosen.Count == 0)
                throw new BenchException($"There is no workload {string.Join(", ", names)}.");

            var options = common.Read(line);
            if (isPlain && (line.GetValue(against) is not null || options.Sqlite || chosen.Exists(workload => workload.IsUnchanged)))
                throw new BenchException("The plain loop (--plain) stands in another build's place (--against), writes to PostgreSQL alone, and knows of nothing unchanged: --workloads W1,W2.");

            var kind = line.GetValue(publish) ? BuildKind.Published : BuildKind.Plain;
            await using var other = line.GetValue(against) is { } named ? await Contender.FindAsync(named, kind, cancellationToken)
                : isPlain ? await Contender.FindPlainLoopAsync(kind, cancellationToken)
                : null;
            await using var own = await Contender.FindOwnAsync(kind, cancellationToken);
            Contender[] contenders = other is null ? [own.Contender] : [other.Contender, own.Contender];
            if (other is not null && other.Contender.IsPublished != own.Contender.IsPublished)
                await Console.Error.WriteLineAsync($"Only one of the two is compiled ahead, and has the better start: {(own.Contender.IsPublished ? "name a published executable" : "give --publish")}.");
            var results = new Results();
            try
            {
                await MeasureAsync(options, contenders, chosen, line.GetValue(rounds), results, cancellationToken);
            }
            finally
            {
                if (common.WantsJson(line))
                    ReportJson.Write(results.Runs);
                else
                    RunReport.Write(results.Runs, contenders);
            }

            return results.Status;
        });
        return command;
    }

    static async Task MeasureAsync(BenchOptions options, Contender[] contenders, List<Workload> workloads, int rounds, Results results, CancellationToken cancellationToken)
    {
        await using var track = await Track.OpenAsync(options);
        foreach (var forum in workloads.GroupBy(workload => workload.Size))
        {
            await track.HostAsync(forum.Key, cancellationToken);
            for (var round = 1; round <= rounds; round++)
                await MeasureRoundAsync(track, contenders, [.. forum], round, results, cancellationToken);
        }
    }

    // Each workload by all contenders, one right after the other: what the machine does besides changes slowly, and falls on both.
    static async Task MeasureRoundAsync(Track track, Contender[] contenders, Workload[] workloads, int round, Results results, CancellationToken cancellationToken)
    {
        var databases = new Dictionary<Contender, BenchDatabase>();
        try
        {
            foreach (var contender in contenders)
                databases.Add(contender, await track.CreateDatabaseAsync());
            var ready = contenders.ToList();
            foreach (var workload in workloads)
                foreach (var contender in contenders.Where(ready.Contains))
                    // What it is given next builds upon what it has not done.
                    if (!await results.AddAsync(() => track.MeasureAsync(contender, workload, round, databases[contender], cancellationToken)))
                        ready.Remove(contender);
        }
        finally
        {
            foreach (var database in databases.Values)
                await database.DisposeAsync();
        }
    }
}
