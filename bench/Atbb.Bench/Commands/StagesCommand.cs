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
    const string MapsAlone = "3";

    // No whole thousand: what happens a thousand times a second would always be met at the same step.
    const int SamplesPerSecond = 997;

    const string Recorded = "perf.data";
    const string ProcessId = "pid";

    public static Command Create()
    {
        var program = new Option<FileInfo?>("--program") { Description = "Another build's executable. Default: this build.", HelpName = "PATH" };
        var users = new Option<int>("--users") { Description = "Members.", DefaultValueFactory = _ => 10_000, HelpName = "N" };
        var posts = new Option<int>("--posts") { Description = "Posts of each of them.", DefaultValueFactory = _ => 20, HelpName = "N" };
        var after = new Option<int>("--after") { Description = "Seconds from the start of the process that are left out: it compiles meanwhile.", DefaultValueFactory = _ => 15, HelpName = "SECONDS" };
        var sqlite = new Option<bool>("--sqlite") { Description = "Into a SQLite file. Default: into a PostgreSQL server of the benchmark's own." };
        var command = new Command("stages", "Samples the service during a first sync, with Linux's perf, and shows how its processor time is shared out among the steps of a record's way.");
        foreach (var option in new Option[] { program, users, posts, after, sqlite })
            command.Options.Add(option);
        command.SetAction(async (line, cancellationToken) =>
        {
            await using var found = line.GetValue(program) is { } named
                ? await Contender.FindAsync(named.FullName, BuildKind.Plain, cancellationToken)
                : await Contender.FindOwnAsync(BuildKind.Plain, cancellationToken);
            var results = new Results();
            var samples = await SampleAsync(found.Contender, new ForumSize(line.GetValue(users), line.GetValue(posts)), line.GetValue(after), line.GetValue(sqlite), results, cancellationToken);
            StagesReport.Write(samples, SamplesPerSecond);
            return results.Status;
        });
        return command;
    }

    static async Task<IReadOnlyDictionary<string, int>> SampleAsync(Contender contender, ForumSize size, int after, bool sqlite, Results results, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("atbb-bench-stages-");
        var processId = Path.Combine(folder.FullName, ProcessId);
        try
        {
            await using var track = await Track.OpenAsync(new BenchOptions(sqlite, Latency: 0, Seed: 1, WaitQuiet: TimeSpan.Zero, Settings: []));
            await track.HostAsync(size, cancellationToken);
            await using var database = await track.CreateDatabaseAsync();
            var watched = contender with { Program = await WrapAsync(contender, after, folder) };
            await results.AddAsync(() => track.MeasureAsync(watched, new Workload("stages", size, IsUnchanged: false), 1, database, cancellationToken, new Dictionary<string, string>
            {
                // Names for perf, of all code: what is compiled ahead has none. The rest keeps them right, since perf reads them once.
                ["DOTNET_PerfMapEnabled"] = MapsAlone,
                ["DOTNET_PerfMapJitDumpPath"] = MapFolder,
                ["DOTNET_ReadyToRun"] = "0",
                ["DOTNET_TieredCompilation"] = "0",
                ["DOTNET_EnableWriteXorExecute"] = "0",
            }));
            if (!File.Exists(Path.Combine(folder.FullName, Recorded)))
                throw new BenchException("perf has recorded nothing: it is missing (linux-perf on Debian, linux-tools-generic on Ubuntu), or kernel.perf_event_paranoid is above 2.");
            var samples = await ReadAsync(folder, cancellationToken);
            return samples.Count > 0 ? samples : throw new BenchException($"The run ended within {after} s: it takes more --users, or a smaller --after.");
        }
        finally
        {
            if (File.Exists(processId))
                File.Delete(Path.Combine(MapFolder, $"perf-{(await File.ReadAllTextAsync(processId, CancellationToken.None)).Trim()}.map"));
            folder.Delete(recursive: true);
        }
    }

    // perf starts the program, and its process has a number that is known to no one else.
    static async Task<string> WrapAsync(Contender contender, int after, DirectoryInfo folder)
    {
        var script = Path.Combine(folder.FullName, "watched");
        var delay = (after * 1000).ToString(CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(script, $"""
            #!/bin/sh
            cd '{folder.FullName}'
            exec perf record --quiet -e cpu-clock -F {SamplesPerSecond} -g -D {delay} -o {Recorded} -- sh -c 'echo $$ > {ProcessId}; exec "$0" "$@"' '{contender.Program}' "$@"

            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return script;
    }

    // A sample is a stack: a line for each frame, innermost first, and an empty one.
    static async Task<IReadOnlyDictionary<string, int>> ReadAsync(DirectoryInfo folder, CancellationToken cancellationToken)
    {
        // By way of a file: hundreds of megabytes.
        const string Stacks = "stacks";
        var start = new ProcessStartInfo("sh", ["-c", $"exec perf script -i {Recorded} -F comm,ip,sym,dso > {Stacks}"]) { WorkingDirectory = folder.FullName };
        await using var perf = ChildProcess.Start(start);
        await perf.EndAsync(cancellationToken);
        await perf.MustHaveSucceededAsync();

        var samples = new Dictionary<string, int>(StringComparer.Ordinal);
        var frames = new List<string>();
        await foreach (var line in File.ReadLinesAsync(Path.Combine(folder.FullName, Stacks), cancellationToken))
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
}
