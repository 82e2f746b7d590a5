namespace Atbb.Grains.Interfaces.Runs;

/// <summary>A host that repositories of a run wait for.</summary>
/// <param name="Host">Its name, with the port if it is not 443.</param>
/// <param name="Repos">How many wait for it.</param>
/// <param name="NextAttemptAt">When the first of them asks it again.</param>
/// <param name="Reason">What stands in that one's way.</param>
[GenerateSerializer, Immutable, Alias("atbb.WaitedHost")]
public sealed record WaitedHost(
    [property: Id(0)] string Host,
    [property: Id(1)] int Repos,
    [property: Id(2)] DateTimeOffset NextAttemptAt,
    [property: Id(3)] string Reason);
