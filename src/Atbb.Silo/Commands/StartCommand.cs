using System.CommandLine;
using Atbb.Silo.Admin;
using Atbb.Silo.Remote;

namespace Atbb.Silo.Commands;

/// <summary><c>atbb start</c>: a run on a serving process.</summary>
static class StartCommand
{
    public static Command Create()
    {
        var remote = new RemoteOptions();
        var type = new Option<string?>("--type")
        {
            Description = "catch_up: whom the index knows. full_sync: those, every repository listed, and whom the relays and the records name. Default: as the live stream's cursor decides, which may be that none is needed.",
            HelpName = "catch_up|full_sync",
        };
        type.AcceptOnlyFromAmong("catch_up", "full_sync");
        var dids = DidsFile.Option("A file of accounts, one DID a line, to be known from now on; a full sync reads them.");
        var watch = RemoteOptions.Watch();
        var command = RemoteOptions.Command("start", "Starts a run on a serving process.", remote, type, dids, watch);
        command.SetAction(async (line, cancellationToken) =>
        {
            using var client = remote.Connect(line);
            var listed = line.GetValue(dids) is { } file ? await DidsFile.ReadAsync(file) : [];
            var started = await client.StartAsync(line.GetValue(type), listed, cancellationToken);
            return await ShowAsync(client, started, line.GetValue(watch), remote.IsJson(line), cancellationToken);
        });
        return command;
    }

    /// <summary>Says what came of asking for a run, or watches the run.</summary>
    public static async Task<int> ShowAsync(AdminClient client, AdminAnswer<StartAnswer> started, bool watch, bool json, CancellationToken cancellationToken)
    {
        if (watch && started.Value.RunId is { } run)
            return await RunCommand.WatchAsync(client, run, json, cancellationToken);
        if (json)
            JsonOut.Write(started.Json);
        else
            Console.Out.WriteLine(started.Value switch
            {
                { RunId: { } id, Type: { } type } => $"Run {id} ({Words.Of(type)}) has begun. See it: atbb run {id} --watch",
                { Message: { } message } => message,
                { Reason: { } reason } => $"No run is needed: {Words.Of(reason)}.",
                _ => "No run is needed.",
            });
        return ExitCode.Completed;
    }
}
