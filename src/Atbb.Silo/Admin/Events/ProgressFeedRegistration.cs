using Atbb.Grains;
using Atbb.Grains.Interfaces;
using Microsoft.Extensions.Options;

namespace Atbb.Silo.Admin.Events;

/// <summary>Registers the feed.</summary>
static class ProgressFeedRegistration
{
    /// <summary>Adds the one watch of the forum's backfill that all listeners of this process share.</summary>
    public static IServiceCollection AddProgressFeed(this IServiceCollection services) => services.AddSingleton(provider =>
    {
        var (grains, forum) = (provider.GetRequiredService<IGrainFactory>(), provider.GetRequiredService<IOptions<ForumOptions>>().Value.Did);
        return new ProgressFeed(token => grains.GetGrain<IBackfillGrain>(forum).WatchAsync(token), provider.GetRequiredService<TimeProvider>());
    });
}
