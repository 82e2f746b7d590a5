namespace Atbb.Grains.Repos;

/// <summary>How long to wait after a transient failure.</summary>
static class Backoff
{
    /// <summary>
    /// Doubles with each attempt up to a cap, less up to half at random: repositories of one PDS that failed together do not come back together.
    /// </summary>
    /// <param name="attempts">Failures in a row, this one included; at least 1.</param>
    /// <param name="first">The wait after the first one.</param>
    /// <param name="cap">The longest wait.</param>
    /// <param name="random">0 (inclusive) to 1 (exclusive).</param>
    public static TimeSpan Delay(int attempts, TimeSpan first, TimeSpan cap, double random)
    {
        var doubled = first.TotalSeconds * Math.Pow(2, Math.Min(attempts - 1, 60));
        return TimeSpan.FromSeconds(Math.Min(doubled, cap.TotalSeconds) * (1 - (random / 2)));
    }
}
