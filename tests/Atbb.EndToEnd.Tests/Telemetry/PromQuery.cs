using System.Text.RegularExpressions;

namespace Atbb.EndToEnd.Tests.Telemetry;

/// <summary>What a PromQL query is about: its metrics, what it wants of their labels, and the labels that it groups by.</summary>
sealed partial record PromQuery(string Text, IReadOnlyList<PromQuery.Selector> Selectors, IReadOnlyList<string> Grouping)
{
    static readonly string[] Words = ["and", "or", "unless", "offset", "bool"];

    public static PromQuery Parse(string text)
    {
        var grouping = Groups().Matches(text).SelectMany(of => of.Groups["labels"].Value.Split(',', StringSplitOptions.TrimEntries)).ToList();
        var rest = Range().Replace(Groups().Replace(text, " "), " ");
        var selectors = Selecting().Matches(rest)
            .Where(of => !Words.Contains(of.Groups["name"].Value))
            .Select(of => new Selector(
                of.Groups["name"].Value,
                [.. Matching().Matches(of.Groups["matchers"].Value).Select(m => new Matcher(m.Groups["label"].Value, m.Groups["is"].Value is "=" ? m.Groups["value"].Value : null))]))
            .ToList();
        return new PromQuery(text, selectors, grouping);
    }

    /// <summary>What the query asks for and the metrics do not have; empty when it can be answered.</summary>
    public IEnumerable<string> MissingIn(MetricsText metrics)
    {
        foreach (var selector in Selectors)
        {
            var samples = metrics.Of(selector.Metric).ToList();
            if (samples.Count == 0)
                yield return $"{selector.Metric} in: {Text}";
            foreach (var matcher in selector.Matchers.Where(m => !samples.Exists(sample => m.IsMetBy(sample))))
                yield return $"{selector.Metric}{{{matcher.Label}={matcher.Value}}} in: {Text}";
        }

        var labels = Selectors.SelectMany(selector => metrics.Of(selector.Metric)).SelectMany(sample => sample.Labels.Keys).ToHashSet();
        foreach (var label in Grouping.Where(label => !labels.Contains(label)))
            yield return $"the label {label} in: {Text}";
    }

    // A name that no bracket follows is no function; a number or a duration does not begin a word.
    [GeneratedRegex("""(?<![\w:."])(?<name>[a-zA-Z_:][\w:]*)\b(?!\s*\()\s*(\{(?<matchers>[^}]*)\})?""")]
    private static partial Regex Selecting();

    [GeneratedRegex("""(?<label>\w+)\s*(?<is>=~|!~|!=|=)\s*"(?<value>[^"]*)""")]
    private static partial Regex Matching();

    [GeneratedRegex("""\b(by|without|on|ignoring|group_left|group_right)\s*\((?<labels>[^)]*)\)""")]
    private static partial Regex Groups();

    [GeneratedRegex("""\[[^\]]*\]""")]
    private static partial Regex Range();

    internal sealed record Selector(string Metric, IReadOnlyList<Matcher> Matchers);

    /// <param name="Label">The label.</param>
    /// <param name="Value">What it has to be; null where several values, or all but some, will do.</param>
    internal sealed record Matcher(string Label, string? Value)
    {
        public bool IsMetBy(MetricsText.Sample sample) => sample.Labels.TryGetValue(Label, out var value) && (Value is null || value == Value);
    }
}
