namespace Atbb.Silo.Health;

/// <summary>What <c>/health/live</c> and <c>/health/ready</c> answer.</summary>
sealed record HealthAnswer
{
    /// <summary><c>Healthy</c>, <c>Degraded</c> or <c>Unhealthy</c>: the worst of the checks.</summary>
    public required string Status { get; init; }

    /// <summary>Each check, by name.</summary>
    public required IReadOnlyDictionary<string, HealthCheckAnswer> Checks { get; init; }
}
