using Atbb.EndToEnd.Tests.Processes;
using Atbb.EndToEnd.Tests.Truth;
using Atbb.Testing.Databases;

namespace Atbb.EndToEnd.Tests.Soak;

/// <summary>Holds the index of a soak against its accounts, when nothing moves.</summary>
sealed class SoakCheck(SoakWorld world, IndexAddress database, string context)
{
    readonly Differences differences = new();

    /// <summary>What the index holds.</summary>
    public async Task<IReadOnlyList<IndexedRow>> RowsAsync()
    {
        await using var index = database.Open();
        return await IndexRows.ReadAsync(index);
    }

    /// <summary>Every row, user, repository, error and counter.</summary>
    public async Task AssertIndexAsync()
    {
        await using var index = database.Open();
        var rows = await IndexRows.ReadAsync(index);
        CompareRows(rows);
        await IndexCheck.CompareReferencesAsync(index, differences);

        var users = (await IndexReader.QueryAsync(index, "select did, handle, status from users")).ToDictionary(row => row[0]);
        var repos = (await IndexReader.QueryAsync(index, "select did, rev, status, attempts from repos")).ToDictionary(row => row[0]);
        foreach (var account in world.Accounts)
            CompareAccount(account, users.GetValueOrDefault(account.Did), repos.GetValueOrDefault(account.Did));

        CompareLeft(rows, repos);
        CompareErrors(repos, [.. (await IndexReader.QueryAsync(index, "select distinct did, uri, kind from backfill_errors")).Select(row => (row[0], row[1], row[2]))]);

        // Whatever was killed on the way: what all runs together took in, less what they took out, is what is there.
        var beside = rows.Count - await IndexReader.NumberAsync(index, "select cast(sum(records_indexed - records_deleted) as bigint) from backfill_progress");
        if (world.ReadByHand.Count == 0)
            differences.Compare("rows less those that all runs have indexed and not deleted", world.RowsBesideRuns, beside);
        world.RowsBesideRuns = beside;
        world.ReadByHand.Clear();
        foreach (var account in world.Accounts)
            account.Checked();
        differences.Compare("runs under way", 0, await IndexReader.NumberAsync(index, "select count(*) from backfill_progress where status <> 'completed'"));
    }

    /// <summary>A run through a storm has ended, whatever it has missed.</summary>
    public void CheckCounts(RunFigures run)
    {
        differences.Compare("storm: status", "completed", run.Status);
        differences.Compare("storm: inFlight, deferred", (0, 0), (run.InFlight, run.Deferred));
        differences.Compare("storm: done of total", run.DidsTotal, run.DidsDone);
    }

    /// <summary>The run after a storm has counted exactly what it had to do.</summary>
    public void CheckRun(RunFigures run, IReadOnlyList<IndexedRow> before, IReadOnlyList<IndexedRow> after, SoakFigures figures)
    {
        // Whether these are removed is the index's to say; that it has counted what it removed is not.
        var left = world.Accounts.Where(account => account.Fate is SoakFate.DeletedElsewhere).Select(account => account.Did).ToHashSet();
        var still = after.Where(row => left.Contains(row.Did)).Select(KeyOf).ToHashSet();
        var there = before.ToDictionary(KeyOf, row => row.Cid);
        var due = world.Accounts.Where(account => account.Fate is SoakFate.Active).SelectMany(account => account.Rows()).ToDictionary(KeyOf, row => row.Cid);
        var kept = world.Accounts.Where(account => account.Fate is not SoakFate.Active && !account.IsGone).Select(account => account.Did).ToHashSet();

        CheckCounts(run);
        CompareCount("calm: indexed", due.Keys.Where(key => !there.ContainsKey(key)), run.RecordsIndexed);
        CompareCount("calm: updated", due.Where(row => there.TryGetValue(row.Key, out var old) && old != row.Value).Select(row => row.Key), run.RecordsUpdated);
        CompareCount("calm: deleted", there.Keys.Where(key => left.Contains(key.Did) ? !still.Contains(key) : !due.ContainsKey(key) && !kept.Contains(key.Did)), run.RecordsDeleted);
        figures.Count("records left over after storms", run.RecordsIndexed + run.RecordsUpdated + run.RecordsDeleted);
    }

    /// <summary>Once more, and there is nothing to do.</summary>
    public void CheckNothingLeft(RunFigures run)
    {
        CheckCounts(run);
        differences.Compare("once more: indexed, updated, unchanged, deleted", (0L, 0L, 0L, 0L),
            (run.RecordsIndexed, run.RecordsUpdated, run.RecordsUnchanged, run.RecordsDeleted));
    }

    public void AssertNone() => differences.AssertNone(context);

    // What somebody had read by hand in the storm may go on beside the run, which does not count it then.
    void CompareCount(string name, IEnumerable<(string Did, string Collection, string Rkey)> due, long counted)
    {
        var byHand = due.ToLookup(key => world.ReadByHand.Contains(key.Did));
        var (least, most) = (byHand[false].Count(), byHand[false].Count() + byHand[true].Count());
        if (counted < least || counted > most)
            differences.Compare(name, most, counted);
    }

    void CompareRows(IReadOnlyList<IndexedRow> rows)
    {
        var byDid = rows.ToLookup(row => row.Did);
        var exact = world.Accounts.Where(IsExact).ToList();
        differences.Compare(exact.Where(account => !account.IsGone).SelectMany(account => account.Rows()), exact.SelectMany(account => byDid[account.Did]));

        // Switched off in mid-pass: nobody can say how far it had been read, but nothing may be there that never was.
        foreach (var account in world.Accounts.Except(exact))
            foreach (var row in byDid[account.Did].Where(row => !account.EverWas(row)))
                differences.Add($"never was: {row}");
        foreach (var did in byDid.Select(repo => repo.Key).Except(world.Accounts.Select(account => account.Did)))
            differences.Add($"nobody's: {did}");
    }

    // What is switched off stays as it was read: exact where nothing was written since the index was known to hold it.
    static bool IsExact(SoakAccount account) =>
        account.Fate is SoakFate.Active || account.IsGone || (account.Fate is not SoakFate.DeletedElsewhere && account.CheckedRev == account.Repo.Rev.Value);

    // Of those that left the PDS that they had moved to: deleted, with all their rows; or not found, with rows as they were.
    void CompareLeft(IReadOnlyList<IndexedRow> rows, IReadOnlyDictionary<string, string[]> repos)
    {
        foreach (var account in world.Accounts.Where(account => account.Fate is SoakFate.DeletedElsewhere && repos.GetValueOrDefault(account.Did)?[2] == "deleted"))
            differences.Compare($"rows of {account.Did}, deleted", 0, rows.Count(row => row.Did == account.Did));
    }

    void CompareAccount(SoakAccount account, string[]? user, string[]? repo)
    {
        // Whoever was never active while a relay was asked is known to nobody.
        if (repo is null && !account.IsListed && account.Fate is not SoakFate.Active)
            return;
        if (repo is null)
            differences.Add($"repos: {account.Did} is missing");
        else
            CompareStatus($"repos: {account.Did} ({account.Fate})", account, repo[2]);

        if (account.Fate is SoakFate.Active)
        {
            differences.Compare($"repos: {account.Did}, rev and attempts", (account.Repo.Rev.Value, "0"), (repo?[1], repo?[3]));
            differences.Compare($"users: {account.Did}", (account.Repo.Handle, "active"), (user?[1], user?[2]));
        }
        else if (user is not null)
        {
            CompareStatus($"users: {account.Did}", account, user[2]);
        }
    }

    void CompareStatus(string whose, SoakAccount account, string found)
    {
        if (!account.Statuses.Contains(found))
            differences.Add($"{whose}: status {found}, not {string.Join(" or ", account.Statuses)}");
    }

    void CompareErrors(IReadOnlyDictionary<string, string[]> repos, HashSet<(string Did, string Uri, string Kind)> found)
    {
        var due = world.Accounts.Where(IsExact).Where(account => !account.IsGone)
            .SelectMany(account => account.BadUris().Select(uri => (account.Did, uri, "missing_field")))
            .Concat(world.Ghosts.Select(ghost => (ghost.Key, "", ghost.Value)))
            .Concat(world.Accounts.Where(account => IsNotFound(account, repos)).Select(account => (account.Did, "", "not_found")))
            .ToHashSet();
        foreach (var error in due.Except(found))
            differences.Add($"backfill_errors: {error} is missing");

        var undecided = world.Accounts.Where(account => !IsExact(account)).ToDictionary(account => account.Did);
        // What failed with such an account in the storm is overtaken by nothing: it was never read since.
        foreach (var error in found.Where(error => !due.Contains(error) && !(error.Uri.Length == 0 && undecided.TryGetValue(error.Did, out var left) && IsNotFound(left, repos))))
            if (!undecided.TryGetValue(error.Did, out var account) || error.Kind != "missing_field" || !account.WasEverBad(error.Uri))
                differences.Add($"backfill_errors: {error} is too many");
    }

    static bool IsNotFound(SoakAccount account, IReadOnlyDictionary<string, string[]> repos) =>
        account.Fate is SoakFate.DeletedElsewhere && repos.GetValueOrDefault(account.Did)?[2] == "notfound";

    static (string Did, string Collection, string Rkey) KeyOf(IndexedRow row) => (row.Did, row.Collection, row.Rkey);
}
