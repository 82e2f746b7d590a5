using System.Text.Json;

namespace Atbb.Bench.Processes;

/// <summary>What <c>atbb backfill</c> says of its run, in the last line of its output.</summary>
sealed record RunFigures
{
    /// <summary>The run alone, without the start and the end of its process.</summary>
    public double? WallSeconds { get; init; }

    /// <summary>Reads the last line.</summary>
    /// <exception cref="BenchException">It is none of a run.</exception>
    public static RunFigures Parse(string output)
    {
        var last = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault("");
        try
        {
            return JsonSerializer.Deserialize<RunFigures>(last, JsonSerializerOptions.Web) ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new BenchException($"The last line of its output has no figures of a run: {last}");
        }
    }
}
