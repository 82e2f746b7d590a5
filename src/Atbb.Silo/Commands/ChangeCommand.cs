using System.CommandLine;

namespace Atbb.Silo.Commands;

/// <summary><c>atbb pause</c>, <c>atbb resume</c>, <c>atbb cancel</c>.</summary>
static class ChangeCommand
{
    public static Command Create(string change, string description)
    {
        var remote = new RemoteOptions();
        var id = RemoteOptions.Run();
        var command = RemoteOptions.Command(change, description, remote, id);
        command.SetAction(async (line, cancellationToken) =>
        {
            using var client = remote.Connect(line);
            return RunCommand.Show(await client.ChangeAsync(line.GetValue(id), change, cancellationToken), remote.IsJson(line));
        });
        return command;
    }
}
