namespace Atbb.Bench.Runs;

/// <summary>The middle one of several values, or of the two in the middle their mean.</summary>
static class Median
{
    public static double Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
