namespace Atbb.Grains.Interfaces.Repos;

/// <summary>How a slice of work on a repository ended.</summary>
[GenerateSerializer, Immutable, Alias("atbb.RepoOutcome")]
public abstract record RepoOutcome
{
    RepoOutcome()
    {
    }

    /// <summary>There is more to read: ask again.</summary>
    [GenerateSerializer, Immutable, Alias("atbb.RepoOutcome.More")]
    public sealed record More : RepoOutcome;

    /// <summary>Settled: the index holds what the repository holds, but for records that failed.</summary>
    [GenerateSerializer, Immutable, Alias("atbb.RepoOutcome.Completed")]
    public sealed record Completed : RepoOutcome;

    /// <summary>Settled: the repository's rev is the one that was read last time, and no page was asked for.</summary>
    [GenerateSerializer, Immutable, Alias("atbb.RepoOutcome.Unchanged")]
    public sealed record Unchanged : RepoOutcome;

    /// <summary>Not to be had for now: ask again then, and let others go on.</summary>
    /// <param name="Until">When to ask again.</param>
    /// <param name="Reason">What stood in the way.</param>
    /// <param name="Attempts">Failures in a row; 0: nothing has failed.</param>
    /// <param name="Host">The host that is waited for: the PDS's, or the one that has the DID document; null when it is none.</param>
    /// <param name="IsTurn">Whether it merely waits for that host's turn: nothing has gone wrong.</param>
    [GenerateSerializer, Immutable, Alias("atbb.RepoOutcome.Parked")]
    public sealed record Parked(
        [property: Id(0)] DateTimeOffset Until,
        [property: Id(1)] string Reason,
        [property: Id(2)] int Attempts = 0,
        [property: Id(3)] string? Host = null,
        [property: Id(4)] bool IsTurn = false) : RepoOutcome;

    /// <summary>Settled: there is nothing to read, because the account is switched off, gone, or no AT Protocol account.</summary>
    /// <param name="Status">The account's state, as in <c>users.status</c>.</param>
    /// <param name="Reason">What was asked and what came back.</param>
    [GenerateSerializer, Immutable, Alias("atbb.RepoOutcome.Gone")]
    public sealed record Gone([property: Id(0)] string Status, [property: Id(1)] string Reason) : RepoOutcome;

    /// <summary>Settled without success: given up after as many attempts as are allowed, or refused. There is an error row.</summary>
    /// <param name="Reason">What stood in the way.</param>
    [GenerateSerializer, Immutable, Alias("atbb.RepoOutcome.GivenUp")]
    public sealed record GivenUp([property: Id(0)] string Reason) : RepoOutcome;

    /// <summary>Settled: the operator has said to leave it alone (<c>Atbb:Backfill:SkipDids</c>, <c>SkipHosts</c>). Its rows stay as they are.</summary>
    /// <param name="Reason">By which setting.</param>
    [GenerateSerializer, Immutable, Alias("atbb.RepoOutcome.LeftOut")]
    public sealed record LeftOut([property: Id(0)] string Reason) : RepoOutcome;
}
