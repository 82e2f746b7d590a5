namespace Atbb.Testing;

/// <summary>How many bytes something allocates: no time, and the same on any machine.</summary>
public static class Allocations
{
    const int Runs = 50;

    /// <summary>
    /// Bytes that one call allocates on its thread once caches are filled. The least of many: what a runtime does by the way, now and then, is not the
    /// call's.
    /// </summary>
    public static long Least(Action call)
    {
        ArgumentNullException.ThrowIfNull(call);
        var least = long.MaxValue;
        for (var i = 0; i < Runs; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            call();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
