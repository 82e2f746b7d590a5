using System.CommandLine;
using Atbb.AtProto.Xrpc;
using Atbb.Silo.Health;
using Atbb.Silo.Progress;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Spectre.Console;

namespace Atbb.Silo.Commands;

/// <summary><c>atbb health</c>: whether a serving process is ready. For a container's health check, where there is neither a shell nor curl.</summary>
static class HealthCommand
{
    public static Command Create()
    {
        var remote = new RemoteOptions();
        var command = RemoteOptions.Command("health", """
            Asks a serving process whether it is ready: it has its database and its place in the cluster. A run that is stalled is told, and no failure:
            the process can be asked, and to end it would not help the run along.
            """, remote);
        command.SetAction(async (line, cancellationToken) =>
        {
            using var client = remote.Connect(line);
            var (json, health) = await client.GetHealthAsync(cancellationToken);
            if (remote.IsJson(line))
                JsonOut.Write(json);
            else
                ProgressDisplay.Screen.WriteLine(string.Join('\n', Lines(health)));
            return health.Status == nameof(HealthStatus.Unhealthy) ? ExitCode.Failed : ExitCode.Completed;
        });
        return command;
    }

    static IEnumerable<string> Lines(HealthAnswer health) =>
    [
        health.Status,
        .. health.Checks.Where(check => check.Value.Status != nameof(HealthStatus.Healthy))
            // Without the token it is not told why.
            .Select(check => $"  {check.Key}: {ForeignText.Shown(check.Value.Description ?? check.Value.Status)}"),
    ];
}
