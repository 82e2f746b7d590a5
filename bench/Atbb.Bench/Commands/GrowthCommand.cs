using System.CommandLine;
using Atbb.Bench.Contenders;
using Atbb.Bench.Forums;
using Atbb.Bench.Reports;
using Atbb.Bench.Runs;

namespace Atbb.Bench.Commands;

/// <summary><c>growth</c>: 1, 2, 4, 8, … times the members, and the records of one repository.</summary>
static class GrowthCommand
{
    const int PostsOfEach = 2;

    public static Command Create()
    {
        var common = new CommonOptions();
        var users = Number("--users", "The largest forum, with two posts a member; 0 leaves this series out.", 8_000);
        var usersFrom = Number("--users-from", "The smallest.", 1_000);
        var records = Number("--records", "The largest repository, the only one of its forum; 0 leaves this series out.", 16_000);
        var recordsFrom = Number("--records-from", "The smallest.", 1_000);
        var rounds = Number("--rounds", "How often each size is run; the medians are shown.", 1);
        var svg = new Option<FileInfo?>("--svg") { Description = "Draws the figures into this file.", HelpName = "FILE" };
        var command = new Command("growth", "Doubles the members of a forum, and the records of one repository, and shows what each size costs.");
        foreach (var option in new Option[] { users, usersFrom, records, recordsFrom, rounds, svg })
            command.Options.Add(option);
        common.AddTo(command);
        command.SetAction(async (line, cancellationToken) =>
        {
            var sizes = Doubled(line.GetValue(usersFrom), line.GetValue(users)).Select(count => ("members", new ForumSize(count, PostsOfEach)))
                .Concat(Doubled(line.GetValue(recordsFrom), line.GetValue(records)).Select(count => ("records", new ForumSize(1, count))));
            var results = new Results();
            try
            {
                await MeasureAsync(common.Read(line), sizes, line.GetValue(rounds), results, cancellationToken);
            }
            finally
            {
                if (common.WantsJson(line))
                    ReportJson.Write(results.Runs);
                else
                    GrowthReport.Write(results.Runs);
                if (line.GetValue(svg) is { } file && results.Runs.Count > 0)
                    await File.WriteAllTextAsync(file.FullName, GrowthPlot.Draw(results.Runs), CancellationToken.None);
            }

            return results.Status;
        });
        return command;
    }

    static async Task MeasureAsync(BenchOptions options, IEnumerable<(string Series, ForumSize Size)> sizes, int rounds, Results results, CancellationToken cancellationToken)
    {
        await using var track = await Track.OpenAsync(options);
        foreach (var (series, size) in sizes)
        {
            await track.HostAsync(size, cancellationToken);
            for (var round = 1; round <= rounds; round++)
            {
                await using var database = await track.CreateDatabaseAsync();
                foreach (var workload in new Workload[] { new(series, size, IsUnchanged: false), new($"{series}, unchanged", size, IsUnchanged: true) })
                    if (!await results.AddAsync(() => track.MeasureAsync(Contender.This, workload, round, database, cancellationToken)))
                        break;
            }
        }
    }

    // The last one is the largest asked for, whether or not doubling meets it.
    static IEnumerable<int> Doubled(int from, int to)
    {
        if (to <= 0)
            yield break;
        for (long count = Math.Max(1, Math.Min(from, to)); count < to; count *= 2)
            yield return (int)count;
        yield return to;
    }

    static Option<int> Number(string name, string description, int value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value, HelpName = "N" };
}
