using System.CommandLine;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Indexing.Databases;
using Atbb.Sample;
using Atbb.Silo.Configuration;
using Atbb.Silo.Demo;
using Atbb.Silo.Hosting;
using Atbb.Silo.Progress;

namespace Atbb.Silo.Commands;

/// <summary><c>atbb demo</c>: everything at once, without a network and without set-up.</summary>
static class DemoCommand
{
    public static Command Create()
    {
        var size = new DemoForumOptions();
        var folder = new Option<DirectoryInfo>("--folder") { Description = "Where the demo keeps its database.", DefaultValueFactory = _ => new(Path.Combine("data", "demo")), HelpName = "DIR" };
        var exit = new Option<bool>("--exit") { Description = "End after the run. Default on a terminal: stay, with the operator's page, until Ctrl-C." };

        var command = new Command("demo", """
            Shows the whole thing: starts a small PDS with a generated forum on loopback, reads all of it into a SQLite file,
            and prints what it found and a few threads as they would be shown.

            Kill it in the middle (kill -9) and start it again: it goes on where it stood, and the figures come out the same.
            """);
        var json = JsonOut.Option();
        size.AddTo(command);
        foreach (var option in new Option[] { folder, exit, json })
            command.Options.Add(option);
        command.SetAction(async (line, _) => await RunAsync(
            size.Read(line),
            size.Latency(line),
            line.GetValue(folder)!,
            stays: !line.GetValue(exit) && !line.GetValue(json) && !Console.IsOutputRedirected && !Console.IsInputRedirected,
            json: line.GetValue(json)));
        return command;
    }

    static async Task<int> RunAsync(SampleForumOptions size, TimeSpan latency, DirectoryInfo folder, bool stays, bool json)
    {
        var display = ProgressDisplay.For(json);
        var said = json ? Console.Error : Console.Out;
        var database = Path.Combine(folder.FullName, "atbb.db");
        if (await DemoDatabase.PrepareAsync(database, size))
            display.Say("The unfinished run was over a forum of another size: this one begins afresh.");
        var forum = SampleForum.Generate(size);
        await using var pds = await DemoPorts.TakeAsync(DemoPorts.FirstOfPds, port => SamplePds.StartAsync(port: port));
        pds.Latency = latency;
        forum.HostOn(pds);
        display.Say($"A PDS at {pds.Origin} holds a forum of {forum.Users.Count:N0} members and {forum.RecordCount:N0} records.");

        var settings = Settings(forum, pds, database);
        await using var app = await DemoPorts.TakeAsync(DemoPorts.FirstOfAdminBeside(pds.Origin), port => StartAsync(settings, port));

        var outcome = await ForegroundRun.GoAsync(app.Services, settings.Forum.Did, new StartRequest { Force = RunType.FullSync }, display);
        if (!json && outcome.Run is { Status: RunStatus.Completed })
            await DemoReport.WriteAsync(ProgressDisplay.Screen, app.Services.GetRequiredService<IndexDatabase>());

        // Straight to the output: a line broken at the screen's width is no longer a command.
        said.WriteLine($"Database:  {settings.Database}");
        if (stays && outcome.ExitCode == ExitCode.Completed)
        {
            said.WriteLine($"Page:      {settings.Admin.Url}/  (Ctrl-C ends the demo)");
            await app.WaitForShutdownAsync();
        }
        else
        {
            // Without a run: the demo's accounts are gone with its PDS, and a run would take what they wrote out of the index.
            said.WriteLine($"Page:      http://127.0.0.1:{DemoPorts.FirstOfAdmin}/ shows it, after");
            said.WriteLine($"  atbb serve --forum {settings.Forum.Did} --database {settings.Database} --set Backfill:OnStartup=false");
        }

        await app.StopAsync();
        ProgressDisplay.WriteResult(outcome, said);
        return outcome.ExitCode;
    }

    static async Task<WebApplication> StartAsync(AtbbSettings settings, int adminPort)
    {
        settings.Admin.Url = $"http://127.0.0.1:{adminPort}";
        var app = WebHosting.Build(settings, LogLevel.Warning);
        await HostLife.StartAsync(app);
        return app;
    }

    static AtbbSettings Settings(SampleForum forum, SamplePds pds, string database)
    {
        var settings = new AtbbSettings { Database = database, PlcDirectory = pds.Origin };
        settings.Forum.Did = forum.Forum.Did;
        // Nobody is listed: the demo's PDS is its relay too, and says who writes.
        settings.Discovery.Relays.Add(pds.Origin.ToString());
        settings.Network.AllowPrivateAddresses = true;
        settings.Politeness.RequestsPerSecond = 0;
        settings.Backfill.OnStartup = false;
        return settings;
    }
}
