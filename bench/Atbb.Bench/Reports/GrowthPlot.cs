using System.Globalization;
using System.Text;
using Atbb.Bench.Runs;

namespace Atbb.Bench.Reports;

/// <summary>
/// The figures of <c>growth</c> as a picture: a column a series, below one another wall clock, processor time and peak memory. Sizes and times
/// stand on scales of powers, where twice the cost for twice the size is a straight line of one slope, which is drawn in dashes.
/// </summary>
static class GrowthPlot
{
    const int Width = 420;
    const int Height = 240;
    const int Left = 64;
    const int Right = 20;
    const int Top = 38;
    const int Bottom = 40;
    const double Megabyte = 1024 * 1024;

    sealed record Panel(string Title, IReadOnlyList<(double Size, double Value)> Points, bool IsLinear);

    public static string Draw(IReadOnlyList<Measurement> results)
    {
        var columns = results.GroupBy(run => run.Workload).Select(Panels).ToList();
        var (width, height) = (columns.Count * Width, columns.Max(column => column.Count) * Height);
        var svg = new StringBuilder();
        Line(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"11\">");
        Line(svg, $"<rect width=\"{width}\" height=\"{height}\" fill=\"white\"/>");
        foreach (var (x, column) in columns.Index())
            foreach (var (y, panel) in column.Index())
                Draw(svg, panel, x * Width, y * Height);
        Line(svg, $"</svg>");
        return svg.ToString();
    }

    static IReadOnlyList<Panel> Panels(IGrouping<string, Measurement> series)
    {
        var sizes = series.GroupBy(run => run.Size).ToList();
        var byUsers = sizes.Exists(size => size.Key.Users > 1);
        return
        [
            Of($"{series.Key}: wall clock, s", run => run.Client.Seconds, isLinear: false),
            Of($"{series.Key}: processor time of the process, s", run => run.Client.CpuSeconds, isLinear: false),
            Of($"{series.Key}: peak memory, MB", run => run.Client.PeakBytes / Megabyte, isLinear: true),
        ];

        Panel Of(string title, Func<Measurement, double> value, bool isLinear) =>
            new(title, [.. sizes.Select(size => ((double)(byUsers ? size.Key.Users : size.Key.Posts), Median.Of(QuietRuns.Of(size).Select(value))))], isLinear);
    }

    static void Draw(StringBuilder svg, Panel panel, int left, int top)
    {
        var (low, high) = Range(panel);
        var (first, last) = (panel.Points[0].Size, panel.Points[^1].Size);
        Line(svg, $"<text x=\"{left + Left}\" y=\"{top + 22}\" font-size=\"13\">{panel.Title}</text>");
        foreach (var value in Marks(low, high, panel.IsLinear))
        {
            Line(svg, $"<line x1=\"{left + Left}\" x2=\"{left + Width - Right}\" y1=\"{Y(value):F1}\" y2=\"{Y(value):F1}\" stroke=\"#ddd\"/>");
            Line(svg, $"<text x=\"{left + Left - 6}\" y=\"{Y(value) + 4:F1}\" text-anchor=\"end\">{value:#,0.##}</text>");
        }

        foreach (var (size, _) in panel.Points)
            Line(svg, $"<text x=\"{X(size):F1}\" y=\"{top + Height - Bottom + 16}\" text-anchor=\"middle\">{(size >= 1_000 ? $"{size / 1_000:0.#}k" : $"{size:0}")}</text>");

        if (!panel.IsLinear)
            DrawProportional(svg, panel, low, X, Y);
        Line(svg, $"<polyline points=\"{string.Join(' ', panel.Points.Select(at => string.Create(CultureInfo.InvariantCulture, $"{X(at.Size):F1},{Y(at.Value):F1}")))}\" fill=\"none\" stroke=\"#1f5fa8\" stroke-width=\"2\"/>");
        foreach (var (size, value) in panel.Points)
            Line(svg, $"<circle cx=\"{X(size):F1}\" cy=\"{Y(value):F1}\" r=\"3\" fill=\"#1f5fa8\"/>");

        double X(double size) => left + Left + 10 + (first == last ? 0 : Math.Log2(size / first) / Math.Log2(last / first)) * (Width - Left - Right - 20);

        double Y(double value) => top + Height - Bottom
            - (panel.IsLinear ? (value - low) / (high - low) : Math.Log(Math.Max(value, low) / low) / Math.Log(high / low)) * (Height - Top - Bottom);
    }

    // Through the largest size: what a start costs weighs least there.
    static void DrawProportional(StringBuilder svg, Panel panel, double low, Func<double, double> x, Func<double, double> y)
    {
        var (last, cost) = panel.Points[^1];
        var from = Math.Max(panel.Points[0].Size, last * low / cost);
        Line(svg, $"<line x1=\"{x(from):F1}\" y1=\"{y(cost * from / last):F1}\" x2=\"{x(last):F1}\" y2=\"{y(cost):F1}\" stroke=\"#999\" stroke-dasharray=\"4 4\"/>");
    }

    static (double Low, double High) Range(Panel panel)
    {
        var (least, most) = (panel.Points.Min(at => at.Value), panel.Points.Max(at => at.Value));
        return panel.IsLinear
            ? (0, Math.Max(50, Math.Ceiling(most / 50) * 50))
            : (Math.Pow(2, Math.Floor(Math.Log2(Math.Max(least, 0.01)))), Math.Pow(2, Math.Floor(Math.Log2(Math.Max(most, 0.01))) + 1));
    }

    static IEnumerable<double> Marks(double low, double high, bool isLinear)
    {
        const int linear = 5;
        if (isLinear)
            return Enumerable.Range(0, linear + 1).Select(i => low + (high - low) * i / linear);
        return Enumerable.Range(0, (int)Math.Round(Math.Log2(high / low)) + 1).Select(i => low * Math.Pow(2, i));
    }

    static void Line(StringBuilder svg, FormattableString line) => svg.AppendLine(line.ToString(CultureInfo.InvariantCulture));
}
