using System.Data.Common;
using Atbb.Grains.Interfaces;
using Atbb.Indexing;
using Orleans.Storage;

namespace Atbb.Grains.Indexing;

/// <summary>Where a grain asks the index for a caller: what the database throws has no codec and does not cross to the caller as it is.</summary>
static class IndexBoundary
{
    /// <summary>Whether the database is away: the index's own tables, or Orleans's beside them, whose faults come as Orleans's. Another activation's state is none.</summary>
    public static bool IsOutage(Exception error) =>
        error is IndexUnavailableException or IOException or DbException or TimeoutException or (OrleansException and not InconsistentStateException);

    /// <summary>Does something for a caller.</summary>
    /// <exception cref="IndexUnreachableException">The database did not do it.</exception>
    public static Task TranslateAsync(Func<Task> act) => TranslateAsync(async () =>
    {
        await act();
        return true;
    });

    /// <inheritdoc cref="TranslateAsync(Func{Task})"/>
    public static async Task<T> TranslateAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (IsOutage(e))
        {
            throw new IndexUnreachableException(e.Message);
        }
    }
}
