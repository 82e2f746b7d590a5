namespace Atbb.Grains;

/// <summary>How a backfill goes about its work.</summary>
public sealed class BackfillOptions
{
    /// <summary>
    /// Repositories read at once. Default 256: most of them wait for an answer, and pages that arrive together are committed together, so more of them cost the database less. What
    /// one PDS is asked at once is a limit of its own (<c>Politeness</c>).
    /// </summary>
    public int Concurrency { get; set; } = 256;

    /// <summary>Age in hours from which on the live stream's cursor is too old. Default 36: what a Jetstream replays; it clamps older cursors silently.</summary>
    public double CursorMaxAgeHours { get; set; } = 36;

    /// <summary>The <c>firehose_cursor.service</c> whose cursor decides. Default <c>jetstream</c>.</summary>
    public string FirehoseService { get; set; } = "jetstream";

    /// <summary>Whether a starting silo starts a run when one is needed. Default true. An unfinished run is gone on with in any case.</summary>
    public bool OnStartup { get; set; } = true;

    /// <summary>How often a run's checkpoint is saved. Default 1 s: what a kill costs is asking for some settled repositories again, not reading them.</summary>
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// What a call that reads a repository has for all that it asks. The call itself may take five minutes, and the write after the last answer two: one that
    /// took longer would be asked again while it goes on, and be counted as not answering.
    /// </summary>
    public static readonly TimeSpan LongestSlice = TimeSpan.FromSeconds(150);

    /// <summary>How long one call reads on in a repository. Default 5 s: long against a page, short against the time-out of a grain call.</summary>
    public TimeSpan SliceDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Transient failures in a row after which a repository is given up for this run. Default 8: about two minutes with the default delays.</summary>
    public int MaxAttempts { get; set; } = 8;

    /// <summary>Wait after the first transient failure; doubled with each further one. Default 1 s.</summary>
    public TimeSpan RetryBaseDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest such wait. Default 5 min: the window of the strictest limits in use. A server's own word may be longer.</summary>
    public TimeSpan RetryMaxDelay { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Records read of one collection of one repository. Default 1,000,000: some hundred times what a busy member writes, and a bound for a server
    /// that makes up ever new pages. Past it the rest of the collection is left out, with one error of the kind <c>too_many_records</c>.
    /// </summary>
    public long MaxRecordsPerCollection { get; set; } = 1_000_000;

    /// <summary>
    /// How long a run keeps at one repository, its waits for the host included. Default 1 day: far more than any reading takes, and a bound for a host that answers
    /// just often enough to be waited for. Past it the repository is given up with an error of the kind <c>too_slow</c>; what was read of it stays.
    /// </summary>
    public TimeSpan MaxRepoTime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Accounts that are left out: nothing is asked about them, and what the index has of them stays as it is. Default none. For one that does harm, or that
    /// keeps a run from its end.
    /// </summary>
    public IList<string> SkipDids { get; set; } = [];

    /// <summary>
    /// Hosts, with their port where it is not 443, whose accounts are left out in the same way. Default none. An account that leaves such a host is
    /// noticed when its DID document is next read (<see cref="IdentityMaxAge"/>).
    /// </summary>
    public IList<string> SkipHosts { get; set; } = [];

    /// <summary>
    /// How long a PDS that no longer knows a repository, or a directory that says its DID was given up, is given before it is asked again, and believed:
    /// then the account counts as deleted and its rows are removed. Default 10 s: longer than a PDS takes to restart. A run with a deleted account takes at least as long.
    /// </summary>
    public TimeSpan DeletionConfirmDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a run may go without settling a repository or a record before it is reported as stalled. Default 10 min: more than the slowest
    /// request may take, times its retries. A run that waits for a time it knows is not stalled.
    /// </summary>
    public TimeSpan StalledAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Age from which on a DID document is read again. Default 7 days: accounts seldom move, and a PDS that lost one says so.</summary>
    public TimeSpan IdentityMaxAge { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// How long repositories wait for the list of their host, with places that those of other hosts could use; and those not begun yet for what the first lists
    /// settle. A second: more than a host takes that is well. Tests that count what is asked give it longer.
    /// </summary>
    internal TimeSpan ListingPatience { get; set; } = TimeSpan.FromSeconds(1);
}
