using System.CommandLine;
using Atbb.Bench.Contenders;
using Atbb.Bench.Forums;
using Atbb.Bench.Runs;

namespace Atbb.Bench.Commands;

/// <summary><c>profile</c>: notes what the published service compiles while it runs, so that it is compiled ahead from then on.</summary>
static class ProfileCommand
{
    // Everything that a run does happens within so many members; of a larger one only the times differ.
    static readonly ForumSize Size = new(200, 20);

    // What is left to compile where a profile has been taken in makes one of 16 kB, all of it one of 40 to 60.
    const long LeastBytes = 32 * 1024;

    public static Command Create()
    {
        var program = new Option<FileInfo?>("--program") { Description = "A published executable that was compiled without a profile. Default: one is made of this checkout, which takes minutes.", HelpName = "PATH" };
        var folder = new Option<DirectoryInfo?>("--out") { Description = "Where the profiles are put. Default: where the service's build looks for them in this checkout.", HelpName = "FOLDER" };
        var sqliteAlone = new Option<bool>("--sqlite") { Description = "Without PostgreSQL, whose profiles stay as they are." };
        var command = new Command("profile", "Runs the published service on both databases, a first sync and one more with nothing changed, and writes down which of its methods the runtime still had to compile.");
        command.Options.Add(program);
        command.Options.Add(folder);
        command.Options.Add(sqliteAlone);
        command.SetAction(async (line, cancellationToken) =>
        {
            var output = line.GetValue(folder) ?? new DirectoryInfo(Path.Combine(Contender.Checkout(), "src", "Atbb.Silo", "Profile"));
            output.Create();
            await using var found = line.GetValue(program) is { } named
                ? await Contender.FindAsync(named.FullName, BuildKind.PublishedWithoutProfile, cancellationToken)
                : await Contender.FindOwnAsync(BuildKind.PublishedWithoutProfile, cancellationToken);
            var written = Directory.CreateTempSubdirectory("atbb-bench-profile-");
            try
            {
                if (!line.GetValue(sqliteAlone))
                    await NoteAsync(found.Contender, sqlite: false, written, cancellationToken);
                await NoteAsync(found.Contender, sqlite: true, written, cancellationToken);
                foreach (var profile in written.GetFiles())
                    profile.CopyTo(Path.Combine(output.FullName, profile.Name), overwrite: true);
            }
            finally
            {
                written.Delete(recursive: true);
            }
        });
        return command;
    }

    // What has been there stays unless all runs went through: a profile of half a run is worth less than an old one.
    static async Task NoteAsync(Contender contender, bool sqlite, DirectoryInfo folder, CancellationToken cancellationToken)
    {
        var results = new Results();
        await using var track = await Track.OpenAsync(new BenchOptions(sqlite, Latency: 0, Seed: 1, WaitQuiet: TimeSpan.Zero, Settings: []));
        await track.HostAsync(Size, cancellationToken);
        await using var database = await track.CreateDatabaseAsync();
        foreach (var (name, isUnchanged) in new[] { ("first", false), ("unchanged", true) })
        {
            var profile = new FileInfo(Path.Combine(folder.FullName, $"{name}-{(sqlite ? "sqlite" : "postgresql")}.mibc"));
            await results.AddAsync(() => track.MeasureAsync(contender, new Workload(profile.Name, Size, isUnchanged), 1, database, cancellationToken, new Dictionary<string, string>
            {
                ["DOTNET_STARTUP_HOOKS"] = Path.Combine(AppContext.BaseDirectory, "Atbb.Profile.dll"),
                ["ATBB_PROFILE"] = profile.FullName,
            }));
            if (results.Status != 0)
                throw new BenchException($"{profile.Name}: {string.Join(' ', results.Runs.SelectMany(run => run.Faults).DefaultIfEmpty("the run failed."))} The profiles stay as they are.");
            profile.Refresh();
            if (!profile.Exists || profile.Length < LeastBytes)
                throw new BenchException($"{contender.Program} has had next to nothing to compile: publish it with -p:PublishWithProfile=false. The profiles stay as they are.");
        }
    }
}
