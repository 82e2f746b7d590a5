namespace Atbb.Benchmarks;

/// <summary>Holds what a benchmark makes against what its baseline makes: a ratio of two that do different work says nothing.</summary>
static class Agreement
{
    /// <exception cref="InvalidOperationException">They differ, or there is nothing to compare.</exception>
    public static void Require<T>(IEnumerable<T> made, IEnumerable<T> baseline, int count)
    {
        T[] ours = [.. made], plain = [.. baseline];
        if (ours.Length != count || plain.Length != count)
            throw new InvalidOperationException($"{count} were to be made: it is {ours.Length}, and {plain.Length} by the baseline.");
        for (var i = 0; i < count; i++)
            if (!Equals(ours[i], plain[i]))
                throw new InvalidOperationException($"The baseline makes something else of {i}:\n{ours[i]}\n{plain[i]}");
    }
}
