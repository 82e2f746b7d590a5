using System.Text.RegularExpressions;

namespace Atbb.EndToEnd.Tests.Telemetry;

/// <summary>A query as it can be asked of a Prometheus that is a minute old and of a service that is well.</summary>
/// <param name="Text">What is asked.</param>
/// <param name="Labels">What each row of the answer is to be told apart by.</param>
sealed partial record PromQuery(string Text, IReadOnlyList<string> Labels)
{
    /// <summary>A panel's: of the last minute, where Grafana would say of which time.</summary>
    public static PromQuery OfPanel(string expr) => Of(Grafana().Replace(expr, "1m"));

    /// <summary>
    /// An alert's, one for each of its alternatives. It gives nothing while all is well, so its comparison is asked to say 0 or 1: that needs both sides. What it looks
    /// back for is a second ago here.
    /// </summary>
    public static IEnumerable<PromQuery> OfAlert(string expr) =>
        expr.Split(" or ").Select(alternative => Of(Back().Replace(Comparison().Replace(alternative, " $1 bool "), "offset 1s")));

    /// <summary>Labels that are asked for and that a row does not have.</summary>
    public IEnumerable<string> MissingIn(IReadOnlyList<IReadOnlyList<string>> rows) => rows.SelectMany(row => Labels.Except(row)).Distinct();

    // The bounds of buckets go into the quantile, and what is grouped inside another sum goes into that.
    static PromQuery Of(string text) => new(text, [.. Groups().Matches(text).SelectMany(of => of.Groups["labels"].Value.Split(',', StringSplitOptions.TrimEntries)).Where(label => label != "le").Distinct()]);

    [GeneratedRegex("""\$__(rate_interval|range)\b""")]
    private static partial Regex Grafana();

    [GeneratedRegex("""\boffset \w+""")]
    private static partial Regex Back();

    [GeneratedRegex(""" (==|!=|>=|<=|>|<) """)]
    private static partial Regex Comparison();

    [GeneratedRegex("""(?<!\b(sum|max|min|avg|count)\s*\()\b\w+ by \((?<labels>[^)]*)\)""")]
    private static partial Regex Groups();
}
