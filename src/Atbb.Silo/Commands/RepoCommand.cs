using System.CommandLine;
using Atbb.Silo.Progress;
using Atbb.Silo.Remote;

namespace Atbb.Silo.Commands;

/// <summary><c>atbb repo</c>: what is known of one repository.</summary>
static class RepoCommand
{
    public static Command Create()
    {
        var remote = new RemoteOptions();
        var name = RemoteOptions.Repo();
        var command = RemoteOptions.Command("repo", "Shows what is known of one repository.", remote, name);
        command.SetAction(async (line, cancellationToken) =>
        {
            using var client = remote.Connect(line);
            var repo = await client.GetRepoAsync(line.GetValue(name)!, cancellationToken);
            if (remote.IsJson(line))
                JsonOut.Write(repo.Json);
            else
                RepoView.Write(ProgressDisplay.Screen, repo.Value);
            return ExitCode.Completed;
        });
        return command;
    }
}
