using System.Text.Json.Serialization;
using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Silo.Admin;

/// <summary>A refusal, as problem details (RFC 9457).</summary>
sealed record ProblemAnswer
{
    /// <summary>The kind of refusal, for programs: <c>urn:atbb:problem:…</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The kind of refusal, in words.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What is wrong with this very request, and what to do.</summary>
    public required string Detail { get; init; }

    /// <summary>The same: where atBB's own programs look for it.</summary>
    public string Error => Detail;

    /// <summary>The run that is in the way.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? RunId { get; init; }

    /// <summary>That run's type.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RunType? RunType { get; init; }

    /// <summary>The accounts that are meant.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Dids { get; init; }
}
