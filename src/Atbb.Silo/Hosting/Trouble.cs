using Atbb.Grains.Interfaces;

namespace Atbb.Silo.Hosting;

/// <summary>What a call of a grain can end with that passes: another silo, the way to it, or the database.</summary>
static class Trouble
{
    /// <summary>
    /// Whether it may pass. An activation that takes too long, as while the database is silent, is a cancellation that the caller has not asked for; what a driver
    /// said on another silo comes as an error of a serializer that does not know it.
    /// </summary>
    /// <param name="error">What the call ended with.</param>
    /// <param name="own">The caller's own token.</param>
    public static bool MayPass(Exception error, CancellationToken own) => error switch
    {
        OperationCanceledException => !own.IsCancellationRequested,
        _ => error is IndexUnreachableException or OrleansException or TimeoutException or EnumerationAbortedException || IndexUnreachableException.IsBehind(error),
    };
}
