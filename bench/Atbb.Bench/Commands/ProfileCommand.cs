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
                ? new ContenderLease(new Contender(named.Name, named.FullName))
                : await Contender.FindOwnAsync(BuildKind.PublishedWithoutProfile, cancellationToken);
            var results = new Results();
            if (!line.GetValue(sqliteAlone))
                await NoteAsync(found.Contender, sqlite: false, output, results, cancellationToken);
            await NoteAsync(found.Contender, sqlite: true, output, results, cancellationToken);
            return results.Status;
        });
        return command;
    }

    static async Task NoteAsync(Contender contender, bool sqlite, DirectoryInfo output, Results results, CancellationToken cancellationToken)
    {
        await using var track = await Track.OpenAsync(new BenchOptions(sqlite, Latency: 0, Seed: 1, WaitQuiet: TimeSpan.Zero, Settings: []));
        await track.HostAsync(Size, cancellationToken);
        await using var database = await track.CreateDatabaseAsync();
        foreach (var (name, isUnchanged) in new[] { ("first", false), ("unchanged", true) })
        {
            var profile = Path.Combine(output.FullName, $"{name}-{(sqlite ? "sqlite" : "postgresql")}.mibc");
            await results.AddAsync(() => track.MeasureAsync(contender, new Workload(Path.GetFileName(profile), Size, isUnchanged), 1, database, cancellationToken, new Dictionary<string, string>
            {
                ["DOTNET_STARTUP_HOOKS"] = Path.Combine(AppContext.BaseDirectory, "Atbb.Profile.dll"),
                ["ATBB_PROFILE"] = profile,
            }));
            if (!File.Exists(profile))
                throw new BenchException($"{contender.Program} has not written {profile}.");
        }
    }
}
