using System.Text.Json;

namespace Atbb.Bench.Processes;

/// <summary>What <c>atbb backfill</c> says of its run, in the last line of its output.</summary>
sealed record RunFigures
{
    public string? Status { get; init; }

    public long DidsDone { get; init; }

    public long DidsTotal { get; init; }

    public long RecordsIndexed { get; init; }

    public long RecordsUpdated { get; init; }

    public long RecordsUnchanged { get; init; }

    public long RecordsDeleted { get; init; }

    public long RecordsFailed { get; init; }

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

    /// <summary>What of it cannot be, in words; empty when nothing is wrong.</summary>
    /// <param name="repos">Repositories that there are, the forum's among them.</param>
    /// <param name="added">Records that the index did not have before.</param>
    public IEnumerable<string> Faults(long repos, long added)
    {
        if (Status != "completed")
            yield return $"the run says that it is {Status}";
        if ((DidsDone, DidsTotal) != (repos, repos))
            yield return $"the run counts {DidsDone} of {DidsTotal} repositories instead of {repos}";
        if (RecordsIndexed != added)
            yield return $"the run counts {RecordsIndexed} new records instead of {added}";
        if ((RecordsUpdated, RecordsDeleted, RecordsFailed) != (0, 0, 0))
            yield return $"the run counts records as changed ({RecordsUpdated}), gone ({RecordsDeleted}) or failed ({RecordsFailed}), and none was";
    }
}
