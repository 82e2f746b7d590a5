namespace Atbb.AtProto.Politeness;

/// <summary>How often something happened within the last minute, to ten seconds: whatever the number, it costs the same. Not safe for calls in parallel.</summary>
sealed class RecentCount
{
    static readonly TimeSpan Slot = TimeSpan.FromSeconds(10);

    readonly int[] counts = new int[6];
    long newest;

    /// <summary>It happened.</summary>
    public void Add(TimeSpan now)
    {
        MoveTo(now);
        counts[newest % counts.Length]++;
    }

    /// <summary>How often, until now.</summary>
    public int At(TimeSpan now)
    {
        MoveTo(now);
        return counts.Sum();
    }

    void MoveTo(TimeSpan now)
    {
        var slot = now.Ticks / Slot.Ticks;
        if (slot - newest >= counts.Length)
            Array.Clear(counts);
        else
            for (var passed = newest + 1; passed <= slot; passed++)
                counts[passed % counts.Length] = 0;
        newest = slot;
    }
}
