namespace Atbb.Silo.Remote;

/// <summary>Problem details, as far as a sentence is made of them. Whoever stands between may leave any of them out.</summary>
/// <param name="Type">The kind of refusal.</param>
/// <param name="Title">What it is.</param>
/// <param name="Detail">What there is to do.</param>
/// <param name="RunId">The run that stands in the way.</param>
/// <param name="Dids">The accounts between which the service could not choose.</param>
sealed record RemoteProblem(string? Type = null, string? Title = null, string? Detail = null, long? RunId = null, IReadOnlyList<string>? Dids = null);
