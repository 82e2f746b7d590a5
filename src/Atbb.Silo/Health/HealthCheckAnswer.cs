namespace Atbb.Silo.Health;

/// <summary>One check.</summary>
/// <param name="Status"><c>Healthy</c>, <c>Degraded</c> or <c>Unhealthy</c>.</param>
/// <param name="Description">A sentence, where it is not healthy; null to those who have not shown the token.</param>
sealed record HealthCheckAnswer(string Status, string? Description);
