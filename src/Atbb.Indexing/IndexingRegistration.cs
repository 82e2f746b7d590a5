using System.Diagnostics.Metrics;
using Atbb.Indexing.Access;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Discovery;
using Atbb.Indexing.Repos;
using Atbb.Indexing.Runs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Atbb.Indexing;

/// <summary>Registers the index.</summary>
public static class IndexingRegistration
{
    /// <summary>
    /// Adds the index on a database: <see cref="IndexDatabase"/>, <see cref="IndexStore"/>, <see cref="RepoStore"/>,
    /// <see cref="SettledRepos"/>, <see cref="EmptiedRepos"/>, <see cref="DiscoveryStore"/>, <see cref="RunStore"/>, <see cref="ErrorStore"/>, <see cref="IndexFacts"/>, <see cref="IndexSurvey"/> and
    /// <see cref="SignInStore"/>. Call <see cref="IndexDatabase.MigrateAsync"/> before anything uses them. A silo of a cluster registers its <see cref="SiloIdentity"/>, too.
    /// </summary>
    public static IServiceCollection AddIndexing(this IServiceCollection services, DatabaseTarget target, Action<IndexingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(target);
        var options = new IndexingOptions();
        configure?.Invoke(options);

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(provider => IndexDatabase.Create(target, provider.GetRequiredService<ILoggerFactory>(), provider.GetService<SiloIdentity>()));
        services.AddMetrics();
        services.AddSingleton(static provider => new IndexMetrics(provider.GetRequiredService<IMeterFactory>()));
        services.AddSingleton<IndexStore>();
        services.AddSingleton<RepoStore>();
        services.AddSingleton<SettledRepos>();
        services.AddSingleton<EmptiedRepos>();
        services.AddSingleton<DiscoveryStore>();
        services.AddSingleton<RunStore>();
        services.AddSingleton<ErrorStore>();
        services.AddSingleton<IndexFacts>();
        services.AddSingleton<IndexSurvey>();
        services.AddSingleton<SignInStore>();
        return services;
    }
}
