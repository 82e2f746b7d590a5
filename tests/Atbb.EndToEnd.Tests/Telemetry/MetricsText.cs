using System.Globalization;
using System.Text.RegularExpressions;

namespace Atbb.EndToEnd.Tests.Telemetry;

/// <summary>What <c>/metrics</c> answers.</summary>
sealed partial class MetricsText
{
    MetricsText(IReadOnlyList<Sample> samples) => Samples = samples;

    public IReadOnlyList<Sample> Samples { get; }

    public static MetricsText Parse(string text) => new(
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#').Select(line => Line().Match(line)).Select(Read)]);

    public IEnumerable<Sample> Of(string metric) => Samples.Where(sample => sample.Metric == metric);

    /// <summary>The sum of the samples with that label.</summary>
    public double Sum(string metric, string label, string value) =>
        Of(metric).Where(sample => sample.Labels.GetValueOrDefault(label) == value).Sum(sample => sample.Value);

    static Sample Read(Match line)
    {
        Assert.True(line.Success, $"Not a sample: {line.Value}");
        return new Sample(
            line.Groups["name"].Value,
            Label().Matches(line.Groups["labels"].Value).ToDictionary(label => label.Groups["name"].Value, label => label.Groups["value"].Value),
            line.Groups["value"].Value switch
            {
                "+Inf" => double.PositiveInfinity,
                "-Inf" => double.NegativeInfinity,
                var number => double.Parse(number, CultureInfo.InvariantCulture),
            });
    }

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][\w:]*)(\{(?<labels>.*)\})? (?<value>\S+)""")]
    private static partial Regex Line();

    [GeneratedRegex("""(?<name>\w+)="(?<value>([^"\\]|\\.)*)" ?""")]
    private static partial Regex Label();

    internal sealed record Sample(string Metric, IReadOnlyDictionary<string, string> Labels, double Value);
}
