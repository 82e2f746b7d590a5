namespace Atbb.Grains.Runs;

/// <summary>How fast something goes, over the last seconds.</summary>
/// <param name="window">How far back to look.</param>
sealed class Pace(TimeSpan window)
{
    readonly Queue<(TimeSpan At, long Value)> samples = new();
    (TimeSpan At, long Value) latest;

    /// <summary>Units per second; 0 before there are two samples.</summary>
    public double PerSecond
    {
        get
        {
            if (!samples.TryPeek(out var first) || latest.At <= first.At)
                return 0;
            return (latest.Value - first.Value) / (latest.At - first.At).TotalSeconds;
        }
    }

    /// <summary>Notes how many units there are by now.</summary>
    /// <param name="at">The time since any fixed moment, by a clock that nobody sets.</param>
    /// <param name="value">Units.</param>
    public void Note(TimeSpan at, long value)
    {
        latest = (at, value);
        samples.Enqueue(latest);
        while (samples.Count > 2 && samples.Peek().At < at - window)
            samples.Dequeue();
    }

    /// <summary>The time for so many more units; null when that cannot be told.</summary>
    public TimeSpan? TimeFor(long units)
    {
        if (units <= 0)
            return TimeSpan.Zero;
        var seconds = units / PerSecond;
        return double.IsFinite(seconds) && seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : null;
    }
}
