using System.CommandLine;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Silo.Admin;
using Atbb.Silo.Configuration;
using Atbb.Silo.Hosting;
using Atbb.Silo.Progress;

namespace Atbb.Silo.Commands;

/// <summary><c>atbb backfill</c>: one run in the foreground.</summary>
static class BackfillCommand
{
    public static Command Create()
    {
        var common = new CommonOptions();
        var type = new Option<string?>("--type")
        {
            Description = "catch_up: whom the index knows. full_sync: those, every repository listed, and whom the relays and the records name. Default: full_sync with --dids or --relay, otherwise as the live stream's cursor decides.",
            HelpName = "catch_up|full_sync",
        };
        type.CompletionSources.Add("catch_up", "full_sync");
        var dids = DidsFile.Option("A file of accounts to read, one DID a line; blank lines and lines with # are passed over. They stay known to the index.");
        var relay = new Option<string[]>("--relay")
        {
            Description = "Origin of a relay that is asked who writes in forums, such as https://relay1.us-east.bsky.network. May be given several times.",
            HelpName = "URL",
            AllowMultipleArgumentsPerToken = false,
        };

        var retry = new Option<long?>("--retry")
        {
            Description = "Reads again, in full, the repositories of which that run has errors, and no others. The run's id is in its last line of output.",
            HelpName = "RUN",
            CustomParser = TypedId.Read,
        };

        var command = new Command("backfill", $"""
            Runs one backfill in the foreground and ends with it.

            Killed or interrupted at any moment, the same command goes on where the run stood: nothing is lost and nothing is
            counted twice. Ctrl-C pauses the run at the page it is at. The last line of output is one JSON object with the
            run's figures, and with --json the only one; logs go to standard error.

              atbb backfill --forum did:plc:abc… --dids members.txt
              atbb backfill --forum did:plc:abc… --relay https://relay1.us-east.bsky.network
              atbb backfill --forum did:plc:abc… --retry 7
              atbb backfill --forum did:plc:abc… --type catch_up --database postgresql://user@host/atbb

            {ExitCode.Table}
            """);
        common.AddTo(command);
        command.Options.Add(type);
        command.Options.Add(dids);
        command.Options.Add(relay);
        command.Options.Add(retry);
        var json = JsonOut.Option();
        command.Options.Add(json);
        command.Validators.Add(result =>
        {
            if (result.GetResult(retry) is not null && new Option[] { type, dids, relay }.FirstOrDefault(other => result.GetResult(other) is not null) is { } other)
                result.AddError($"--retry: is for what failed in a run, and does not go with {other.Name}.");
        });
        command.SetAction(async (line, _) =>
        {
            var given = common.Read(line);
            var relays = line.GetValue(relay) ?? [];
            if (relays.Length > 0)
                given["Atbb:Discovery:Relays"] = string.Join(',', relays);
            var typeGiven = line.GetValue(type);
            // Told with the settings: what is wrong is named at once, wherever it was given.
            string[] faults = AdminApi.TryReadForce(typeGiven, out var asked) ? [] : [$"--type: '{typeGiven}' is neither catch_up nor full_sync."];
            var settings = SettingsLoader.Load(given, faults);
            var listed = line.GetValue(dids) is { } file ? await DidsFile.ReadAsync(file) : [];
            asked ??= listed.Count > 0 || relays.Length > 0 ? RunType.FullSync : null;
            var request = new StartRequest { Force = asked, Dids = listed };
            return line.GetValue(retry) is { } failed
                ? await RunAsync(settings, line.GetValue(json), (services, display) => ForegroundRun.RetryAsync(services, settings.Forum.Did, failed, display))
                : await RunAsync(settings, line.GetValue(json), (services, display) => ForegroundRun.GoAsync(services, settings.Forum.Did, request, display));
        });
        return command;
    }

    static async Task<int> RunAsync(AtbbSettings settings, bool json, Func<IServiceProvider, IProgressDisplay, Task<ForegroundOutcome>> go)
    {
        var builder = Host.CreateApplicationBuilder(HostArguments.Fixed);
        builder.Logging.AddAtbbDefaults(LogLevel.Warning);
        builder.AddAtbbSilo(settings);
        // A signal pauses the run and then ends the host: the framework's own lifetime would end it first.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var host = builder.Build();
        StartLog.WriteWarnings(host.Services, settings);
        await HostLife.StartAsync(host);
        ForegroundOutcome outcome;
        try
        {
            outcome = await go(host.Services, ProgressDisplay.For(json));
        }
        finally
        {
            await HostLife.EndAsync(host);
        }

        ProgressDisplay.WriteResult(outcome, json ? Console.Error : Console.Out);
        return outcome.ExitCode;
    }
}
