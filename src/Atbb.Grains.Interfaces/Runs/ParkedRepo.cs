namespace Atbb.Grains.Interfaces.Runs;

/// <summary>A repository that waits for its next attempt.</summary>
/// <param name="Did">The account.</param>
/// <param name="Host">
/// The host that is waited for: its PDS's or, while it is not known where the account lives, the one that has its DID document; null when it is
/// not a host that is waited for.
/// </param>
/// <param name="Reason">What stands in the way.</param>
/// <param name="Attempts">Failures in a row. 0: nothing has failed, its host's turn or its own is over for now.</param>
/// <param name="NextAttemptAt">When it is asked again; of one that waits for its own turn, since when it does.</param>
[GenerateSerializer, Immutable, Alias("atbb.ParkedRepo")]
public sealed record ParkedRepo(
    [property: Id(0)] string Did,
    [property: Id(1)] string? Host,
    [property: Id(2)] string Reason,
    [property: Id(3)] int Attempts,
    [property: Id(4)] DateTimeOffset NextAttemptAt);
