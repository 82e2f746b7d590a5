using Atbb.AtProto.Repo;

namespace Atbb.Silo.Hosting;

/// <summary>
/// Puts the protocol's client together, its handlers and its retries, beside the silo, which takes as long and leaves a processor free: else the run's first question to a
/// server waits for it.
/// </summary>
sealed class ProtocolPreparation : IHostedService
{
    readonly Task preparing;

    public ProtocolPreparation(IServiceProvider services) => preparing = Task.Run(services.GetRequiredService<IRepoClient>);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // What is wrong with its settings is said where they are validated.
    public async Task StopAsync(CancellationToken cancellationToken) => await preparing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
