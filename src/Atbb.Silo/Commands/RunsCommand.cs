using System.CommandLine;
using Atbb.Silo.Progress;
using Atbb.Silo.Remote;

namespace Atbb.Silo.Commands;

/// <summary><c>atbb runs</c>: the runs of a serving process.</summary>
static class RunsCommand
{
    public static Command Create()
    {
        var remote = new RemoteOptions();
        var limit = NumberOption.Create("--limit", "At most so many.", byDefault: 20, least: 1, most: 1_000);
        var before = new Option<long?>("--before") { Description = "Runs before that one: the next page.", HelpName = "ID", CustomParser = TypedId.Read };
        var command = RemoteOptions.Command("runs", "Lists the runs of a serving process, the newest first.", remote, limit, before);
        command.SetAction(async (line, cancellationToken) =>
        {
            using var client = remote.Connect(line);
            var runs = await client.ListRunsAsync(line.GetValue(limit), line.GetValue(before), cancellationToken);
            if (remote.IsJson(line))
                JsonOut.Write(runs.Json);
            else
                RunsView.Write(ProgressDisplay.Screen, runs.Value);
            return ExitCode.Completed;
        });
        return command;
    }
}
