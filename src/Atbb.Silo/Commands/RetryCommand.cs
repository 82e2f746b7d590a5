using System.CommandLine;

namespace Atbb.Silo.Commands;

/// <summary><c>atbb retry</c>: a run over what failed in another.</summary>
static class RetryCommand
{
    public static Command Create()
    {
        var remote = new RemoteOptions();
        var id = RemoteOptions.Run();
        var watch = RemoteOptions.Watch();
        var command = RemoteOptions.Command("retry", "Starts a run that reads again, in full, the repositories of which another run has errors.", remote, id, watch);
        command.SetAction(async (line, cancellationToken) =>
        {
            using var client = remote.Connect(line);
            var started = await client.RetryAsync(line.GetValue(id), cancellationToken);
            return await StartCommand.ShowAsync(client, started, line.GetValue(watch), remote.IsJson(line), cancellationToken);
        });
        return command;
    }
}
