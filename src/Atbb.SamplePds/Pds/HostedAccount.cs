namespace Atbb.Sample;

/// <summary>A repository on a PDS, and how its account stands there.</summary>
sealed class HostedAccount(SampleRepo repo, int position)
{
    volatile AccountState state;

    public SampleRepo Repo { get; } = repo;

    /// <summary>Place in the order of account creation.</summary>
    public int Position { get; } = position;

    public AccountState State { get => state; set => state = value; }

    /// <summary>The state in the words of <c>getRepoStatus</c>; null when active.</summary>
    public string? Status => State switch
    {
        AccountState.Active => null,
        AccountState.Deactivated => "deactivated",
        AccountState.TakenDown => "takendown",
        AccountState.Suspended => "suspended",
        AccountState.Deleted => "deleted",
        _ => throw new InvalidOperationException($"State {State} has no status."),
    };
}
