using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atbb.Client;

/// <summary>Adds the client to an AppView.</summary>
public static class AtbbClientRegistration
{
    /// <summary>
    /// Adds <see cref="AtbbClient"/>, one for the whole application. Its options are checked when the application starts; the service is looked for
    /// with the first call, so the application starts, and shows its pages, also while the service is away.
    /// </summary>
    public static IServiceCollection AddAtbbClient(this IServiceCollection services, Action<AtbbClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<AtbbClientOptions>().Configure(configure).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AtbbClientOptions>, AtbbClientOptionsCheck>();
        services.AddSingleton(static provider =>
            new AtbbClient(provider.GetRequiredService<IOptions<AtbbClientOptions>>().Value, provider.GetService<ILoggerFactory>()));
        return services;
    }
}
