using Atbb.AtProto;
using Atbb.AtProto.Discovery;
using Atbb.AtProto.Identity;
using Atbb.AtProto.Repo;
using Atbb.Indexing.Databases;
using Atbb.Silo.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atbb.Silo.Doctor;

/// <summary>Everything that a serving process needs, looked at without one.</summary>
static class Examination
{
    // A person waits.
    static readonly TimeSpan Answer = TimeSpan.FromSeconds(10), Patience = TimeSpan.FromSeconds(15);

    /// <summary>Looks at it all; the database's findings first.</summary>
    public static async Task<IReadOnlyList<Finding>> RunAsync(AtbbSettings settings, CancellationToken cancellationToken)
    {
        settings.Network.RequestTimeout = Answer;
        settings.Network.TotalTimeout = Patience;
        settings.Network.MaxRetries = 0;
        await using var services = new ServiceCollection().AddLogging().AddAtProtoClient(settings.CopyTo).BuildServiceProvider();
        await using var database = IndexDatabase.Create(DatabaseTarget.Parse(SettingsCheck.DatabaseOf(settings)), NullLoggerFactory.Instance);
        var network = new NetworkExam(
            settings, services.GetRequiredService<IDidResolver>(), services.GetRequiredService<IRepoClient>(), services.GetRequiredService<IRelayClient>(), TimeProvider.System)
            .RunAsync(cancellationToken);
        var stored = await new DatabaseExam(database, settings.Cluster.Id, TimeProvider.System).RunAsync(cancellationToken);
        var running = await RunningHere.FindAsync(database, settings.Cluster, TimeProvider.System, cancellationToken);
        var ports = await PortsExam.RunAsync(settings, running, cancellationToken);
        var warnings = SettingsCheck.FindWarnings(settings).Select(warning => Finding.Warning("settings", warning, "On the open network, take it out."));
        return [.. warnings, .. stored, .. ports, .. await network];
    }
}
