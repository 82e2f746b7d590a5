using System.CommandLine;
using Atbb.Silo.Admin;
using Atbb.Silo.Progress;
using Atbb.Silo.Remote;

namespace Atbb.Silo.Commands;

/// <summary><c>atbb sync</c>: one repository, read now.</summary>
static class SyncCommand
{
    public static Command Create()
    {
        var remote = new RemoteOptions();
        var name = RemoteOptions.Repo();
        var command = RemoteOptions.Command("sync", "Reads one repository now, in full, also while a run goes on.", remote, name);
        command.SetAction(async (line, cancellationToken) =>
        {
            using var client = remote.Connect(line);
            AdminAnswer<SyncAnswer> sync;
            do
                sync = await client.SyncRepoAsync(line.GetValue(name)!, cancellationToken);
            // It is large, and was read for as long as an answer may take.
            while (sync.Value.Outcome is "more");

            if (remote.IsJson(line))
                JsonOut.Write(sync.Json);
            else
                RepoView.Write(ProgressDisplay.Screen, sync.Value);
            return sync.Value.Outcome is "completed" or "gone" ? ExitCode.Completed : ExitCode.Failed;
        });
        return command;
    }
}
