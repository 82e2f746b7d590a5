using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Atbb.Bench.Contenders;
using Atbb.Bench.Forums;
using Atbb.Bench.Processes;
using Atbb.Bench.Reports;
using Atbb.Bench.Runs;

namespace Atbb.Bench.Commands;

/// <summary><c>stages</c>: where the processor time of a first sync goes.</summary>
static class StagesCommand
{
    // perf and the runtime agree on this folder, and on no other.
    const string MapFolder = "/tmp";

    public static Command Create()
    {
        var program = new Option<FileInfo?>("--program") { Description = "Another build's executable. Default: this build.", HelpName = "PATH" };
        var users = new Option<int>("--users") { Description = "Members, with 20 posts each.", DefaultValueFactory = _ => 10_000, HelpName = "N" };
        var after = new Option<int>("--after") { Description = "Seconds from the start of the process that are left out: it compiles meanwhile.", DefaultValueFactory = _ => 15, HelpName = "SECONDS" };
        var sqlite = new Option<bool>("--sqlite") { Description = "Into a SQLite file. Default: into a PostgreSQL server of the benchmark's own." };
        var command = new Command("stages", "Samples the service during a first sync, with Linux's perf, and shows how its processor time is shared out among the steps of a record's way.");
        foreach (var option in new Option[] { program, users, after, sqlite })
            command.Options.Add(option);
        command.SetAction(async (line, cancellationToken) =>
        {
            var contender = line.GetValue(program) is { } named ? new Contender(named.Name, named.FullName) : Contender.This;
            var results = new Results();
            var samples = await SampleAsync(contender, new ForumSize(line.GetValue(users), 20), line.GetValue(after), line.GetValue(sqlite), results, cancellationToken);
            StagesReport.Write(samples);
            return results.Status;
        });
        return command;
    }

    static async Task<IReadOnlyDictionary<string, int>> SampleAsync(Contender contender, ForumSize size, int after, bool sqlite, Results results, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("atbb-bench-stages-");
        var before = Maps();
        try
        {
            var recorded = Path.Combine(folder.FullName, "perf.data");
            await using var track = await Track.OpenAsync(new BenchOptions(sqlite, Latency: 0, Seed: 1, WaitQuiet: TimeSpan.Zero, Settings: []));
            await track.HostAsync(size, cancellationToken);
            await using var database = await track.CreateDatabaseAsync();
            var watched = contender with { Program = await WrapAsync(contender, after, recorded, folder) };
            await results.AddAsync(() => track.MeasureAsync(watched, new Workload("stages", size, IsUnchanged: false), 1, database, cancellationToken, new Dictionary<string, string>
            {
                // Names for perf, of all code: what is compiled ahead has none. The rest keeps them right, since perf reads them once.
                ["DOTNET_PerfMapEnabled"] = "1",
                ["DOTNET_PerfMapJitDumpPath"] = MapFolder,
                ["DOTNET_ReadyToRun"] = "0",
                ["DOTNET_TieredCompilation"] = "0",
                ["DOTNET_EnableWriteXorExecute"] = "0",
            }));
            if (!File.Exists(recorded))
                throw new BenchException("perf has recorded nothing: it is missing (apt-get install linux-perf), or kernel.perf_event_paranoid is above 2.");
            return await ReadAsync(recorded, folder, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
            foreach (var map in Maps().Except(before))
                File.Delete(map);
        }
    }

    static async Task<string> WrapAsync(Contender contender, int after, string recorded, DirectoryInfo folder)
    {
        var script = Path.Combine(folder.FullName, "watched");
        var delay = (after * 1000).ToString(CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(script, $"#!/bin/sh\nexec perf record --quiet -e cpu-clock -F 997 -g -D {delay} -o '{recorded}' -- '{contender.Program}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return script;
    }

    // A sample is a stack: a line for each frame, innermost first, and an empty one.
    static async Task<IReadOnlyDictionary<string, int>> ReadAsync(string recorded, DirectoryInfo folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("perf", ["script", "-i", recorded, "-F", "comm,ip,sym,dso"]) { WorkingDirectory = folder.FullName };
        await using var perf = ChildProcess.Start(start);
        await perf.EndAsync(cancellationToken);
        var samples = new Dictionary<string, int>(StringComparer.Ordinal);
        var frames = new List<string>();
        foreach (var line in (await perf.MustHaveSucceededAsync()).Split('\n'))
        {
            if (line.StartsWith('\t'))
            {
                frames.Add(line);
                continue;
            }

            if (frames.Count > 0)
            {
                var stage = Stage.Of(frames);
                samples[stage] = samples.GetValueOrDefault(stage) + 1;
                frames.Clear();
            }
        }

        return samples;
    }

    static HashSet<string> Maps() => [.. Directory.EnumerateFiles(MapFolder, "perf*.map")];
}
