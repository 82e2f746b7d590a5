using System.CommandLine;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Silo.Progress;
using Atbb.Silo.Remote;

namespace Atbb.Silo.Commands;

/// <summary><c>atbb run</c>: one run of a serving process.</summary>
static class RunCommand
{
    public static Command Create()
    {
        var remote = new RemoteOptions();
        var id = new Argument<long?>("ID") { Description = "The run's id, as in atbb runs. Default: the newest run.", Arity = ArgumentArity.ZeroOrOne, CustomParser = TypedId.Read };
        var watch = RemoteOptions.Watch();
        var command = RemoteOptions.Command("run", "Shows one run of a serving process, or watches it to its end.", remote, id, watch);
        command.SetAction(async (line, cancellationToken) =>
        {
            using var client = remote.Connect(line);
            var run = line.GetValue(id) ?? await NewestAsync(client, cancellationToken);
            return line.GetValue(watch)
                ? await WatchAsync(client, run, remote.IsJson(line), cancellationToken)
                : Show(await client.GetRunAsync(run, cancellationToken), remote.IsJson(line));
        });
        return command;
    }

    /// <summary>Shows a run to its end.</summary>
    public static async Task<int> WatchAsync(AdminClient client, long id, bool json, CancellationToken cancellationToken)
    {
        var run = await new RunWatch(client.GetRunAsync, TimeProvider.System).ShowAsync(id, ProgressDisplay.For(json), cancellationToken);
        Show(run, json);
        return run.Value.Status is RunStatus.Completed ? ExitCode.Completed : ExitCode.Failed;
    }

    /// <summary>Shows a run as it stands.</summary>
    public static int Show(AdminAnswer<Admin.RunAnswer> run, bool json)
    {
        if (json)
            JsonOut.Write(run.Json);
        else
            RunView.Write(ProgressDisplay.Screen, run.Value);
        return ExitCode.Completed;
    }

    static async Task<long> NewestAsync(AdminClient client, CancellationToken cancellationToken) =>
        (await client.ListRunsAsync(1, null, cancellationToken)).Value.Runs is [var newest, ..]
            ? newest.RunId
            : throw new RemoteException(ExitCode.NotFound, "There has been no run yet. Start one: atbb start.");
}
