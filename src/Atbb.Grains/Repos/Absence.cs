using Atbb.Indexing.Repos;

namespace Atbb.Grains.Repos;

/// <summary>
/// What it means that a PDS does not know a repository, where the account's DID document, read after that answer, still names this PDS: a
/// deleted account looks like that, and so does one whose PDS has lost its database. And what it means that the directory says the DID was given up, which
/// a directory that is being restored, or a proxy before it, may say of anybody.
/// </summary>
static class Absence
{
    /// <summary>Judges it.</summary>
    /// <param name="repo">What is known of the repository.</param>
    /// <param name="since">How long ago this PDS first said so; null: just now.</param>
    /// <param name="now">The time.</param>
    /// <param name="delay">How long a PDS is given to think better of it.</param>
    public static RepoVerdict Judge(RepoState repo, TimeSpan? since, DateTimeOffset now, TimeSpan delay) => repo switch
    {
        // Its rows were removed when this was first found out.
        { Status: RepoStatus.Deleted } => new RepoVerdict.Gone(RepoStatus.Deleted),
        // What is in the index was read from another PDS. This one has never shown that it holds the account, and removes nothing.
        { SyncedAt: not null, Collections.IsEmpty: true } => new RepoVerdict.Gone(RepoStatus.NotFound),
        _ => Confirm(since, now, delay),
    };

    /// <summary>Judges a DID that was given up, as the directory says.</summary>
    /// <param name="repo">What is known of the repository.</param>
    /// <param name="since">How long ago the directory first said so; null: just now.</param>
    /// <param name="now">The time.</param>
    /// <param name="delay">How long it is given to think better of it.</param>
    public static RepoVerdict JudgeTombstone(RepoState repo, TimeSpan? since, DateTimeOffset now, TimeSpan delay) => repo switch
    {
        { Status: RepoStatus.Deleted } => new RepoVerdict.Gone(RepoStatus.Deleted),
        _ => Confirm(since, now, delay),
    };

    static RepoVerdict Confirm(TimeSpan? since, DateTimeOffset now, TimeSpan delay) => since is null || since < delay
        ? new RepoVerdict.Unconfirmed(now + delay - (since ?? TimeSpan.Zero))
        : new RepoVerdict.Gone(RepoStatus.Deleted);
}
