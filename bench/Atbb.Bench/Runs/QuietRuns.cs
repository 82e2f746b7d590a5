namespace Atbb.Bench.Runs;

/// <summary>Which runs count.</summary>
static class QuietRuns
{
    /// <summary>Those on a quiet machine; all of them where there are none.</summary>
    public static IReadOnlyList<T> Of<T>(IEnumerable<T> runs, Predicate<T> isQuiet)
    {
        var all = runs.ToList();
        return all.FindAll(isQuiet) is { Count: > 0 } quiet ? quiet : all;
    }

    /// <inheritdoc cref="Of{T}"/>
    public static IReadOnlyList<Measurement> Of(IEnumerable<Measurement> runs) => Of(runs, run => run.IsQuiet);
}
