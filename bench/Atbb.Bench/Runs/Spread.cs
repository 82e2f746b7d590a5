using System.Globalization;

namespace Atbb.Bench.Runs;

/// <summary>Least, median and most of several values: a median alone does not say whether a difference is more than chance.</summary>
/// <param name="Least">The smallest.</param>
/// <param name="Median">The one in the middle.</param>
/// <param name="Most">The largest.</param>
sealed record Spread(double Least, double Median, double Most)
{
    public static Spread Of(IEnumerable<double> values)
    {
        var all = values.Where(double.IsFinite).DefaultIfEmpty(double.NaN).ToList();
        return new(all.Min(), Runs.Median.Of(all), all.Max());
    }

    public string ToString(string format) => Least.Equals(Most) ? Text(Median, format) : $"{Text(Least, format)} / {Text(Median, format)} / {Text(Most, format)}";

    /// <summary>A number; a dash where there is none.</summary>
    public static string Text(double value, string format) => double.IsNaN(value) ? "–" : value.ToString(format, CultureInfo.InvariantCulture);
}
