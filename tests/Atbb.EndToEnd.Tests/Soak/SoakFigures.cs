namespace Atbb.EndToEnd.Tests.Soak;

/// <summary>What has happened in a soak, by name.</summary>
sealed class SoakFigures
{
    readonly Lock gate = new();
    readonly SortedDictionary<string, long> counts = new(StringComparer.Ordinal);

    public void Count(string name, long times = 1)
    {
        lock (gate)
            counts[name] = counts.GetValueOrDefault(name) + times;
    }

    public long Of(string name)
    {
        lock (gate)
            return counts.GetValueOrDefault(name);
    }

    public override string ToString()
    {
        lock (gate)
            return string.Join('\n', counts.Select(count => $"  {count.Key}: {count.Value}"));
    }
}
