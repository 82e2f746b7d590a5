using Atbb.AtProto.Xrpc;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Silo.Admin;
using Spectre.Console;

namespace Atbb.Silo.Remote;

/// <summary>One repository.</summary>
static class RepoView
{
    /// <summary>Writes what is known of it.</summary>
    public static void Write(IAnsiConsole screen, RepoAnswer repo)
    {
        screen.Write(Words.Shown(repo.Did));
        screen.WriteLine();
        screen.Write(Words.Facts(
        [
            ("handle", repo.Handle is { } handle ? $"{handle} (by its DID document, not verified)" : null),
            ("pds", repo.Pds ?? "not looked up yet"),
            ("status", repo.Status),
            ("rev", repo.Rev),
            ("last read", repo.SyncedAt is { } at ? Words.Of(at) : "never to its end"),
            ("last run", repo.RunId is { } run ? $"{run}, {(repo.IsSettled ? "done with it" : "not done with it")}: {Counts(repo.Counts)}" : null),
            ("attempts", repo.Attempts > 0 ? $"{repo.Attempts} failed in a row" : null),
            ("asked again", repo.RetryAfter is { } until ? Words.Of(until) : null),
            ("waits for", repo.Parked is { } parked ? $"{parked.Host ?? "its next attempt"}: {parked.Reason}" : null),
            ("last error", repo.LastError),
            ("open errors", repo.OpenErrors > 0 ? Words.Of(repo.OpenErrors) : null),
            .. repo.Rows.Select(rows => (rows.Collection, (string?)$"{Words.Of(rows.Rows)} in the index")),
            .. repo.Cursors.Select(cursor => (cursor.Collection, (string?)(cursor.IsComplete ? "read to its end" : cursor.Cursor is { } where ? $"read up to {where}" : "not begun"))),
        ]));
    }

    /// <summary>Writes what came of reading it.</summary>
    public static void Write(IAnsiConsole screen, SyncAnswer sync)
    {
        screen.WriteLine(ForeignText.Shown(sync.Message));
        if (sync.Reason is { } reason)
            screen.WriteLine(ForeignText.Shown(reason));
        screen.WriteLine($"{Counts(sync.Counts)}.");
        Write(screen, sync.Repo);
    }

    static string Counts(SyncCounts counts) =>
        $"{Words.Of(counts.Indexed)} new, {Words.Of(counts.Updated)} updated, {Words.Of(counts.Unchanged)} unchanged, {Words.Of(counts.Deleted)} deleted, {Words.Of(counts.Failed)} failed";
}
