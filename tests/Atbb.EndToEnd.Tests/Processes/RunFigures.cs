using System.Text.Json;

namespace Atbb.EndToEnd.Tests.Processes;

/// <summary>A run as <c>atbb</c> shows it: the last line of a command's output, or an answer of the admin HTTP.</summary>
sealed record RunFigures
{
    public long? RunId { get; init; }

    public string? Type { get; init; }

    public string? Status { get; init; }

    public int Phase { get; init; }

    public long DidsDone { get; init; }

    public long DidsTotal { get; init; }

    public int InFlight { get; init; }

    public int Deferred { get; init; }

    public long RecordsIndexed { get; init; }

    public long RecordsUpdated { get; init; }

    public long RecordsUnchanged { get; init; }

    public long RecordsDeleted { get; init; }

    public long RecordsFailed { get; init; }

    public long Requests { get; init; }

    public long Bytes { get; init; }

    /// <summary>Seconds from the run's start to its end, or until now.</summary>
    public double? WallSeconds { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public string? LastError { get; init; }

    /// <summary>Of a command only.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Of a command only.</summary>
    public bool? Resumed { get; init; }

    /// <summary>What became of records.</summary>
    public RecordCounts Counts => new(RecordsIndexed, RecordsUpdated, RecordsUnchanged, RecordsDeleted, RecordsFailed);

    public static RunFigures Parse(string json) =>
        JsonSerializer.Deserialize<RunFigures>(json, JsonSerializerOptions.Web) ?? throw new JsonException("null is no run.");
}
