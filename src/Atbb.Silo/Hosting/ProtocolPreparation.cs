using Atbb.AtProto.Repo;

namespace Atbb.Silo.Hosting;

/// <summary>
/// Puts the protocol's client together, its handlers and its retries, beside the silo, which takes as long and leaves a processor free: else the run's first question to a
/// server waits for it.
/// </summary>
sealed class ProtocolPreparation : IHostedService
{
    readonly Task prepared;

    public ProtocolPreparation(IServiceProvider services) => prepared = PrepareAsync(services);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Not before: what it is made of is taken down with the host.
    public Task StopAsync(CancellationToken cancellationToken) => prepared;

    // What is wrong with its settings is said where they are validated.
    static async Task PrepareAsync(IServiceProvider services) =>
        await ((Task)Task.Run(services.GetRequiredService<IRepoClient>)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
