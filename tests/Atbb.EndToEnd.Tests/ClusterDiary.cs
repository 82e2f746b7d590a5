using System.Globalization;
using Atbb.EndToEnd.Tests.Processes;
using Atbb.EndToEnd.Tests.Truth;

namespace Atbb.EndToEnd.Tests;

/// <summary>
/// What the database itself notes of a cluster, as it happens: which silo has written what of which repository, and when one was taken for dead. Read afterwards, so
/// that nothing hangs on looking at the right moment.
/// </summary>
sealed class ClusterDiary
{
    readonly IndexAddress database;

    ClusterDiary(IndexAddress database) => this.database = database;

    /// <summary>Begins one. The silos are up, so the tables are there.</summary>
    public static async Task<ClusterDiary> BeginAsync(IndexAddress database)
    {
        var diary = new ClusterDiary(database);
        // A connection bears the name of its silo. A row that has no phase yet is a repository that was listed and not read; 6 is Orleans's number for dead.
        await diary.QueryAsync("""
            create table test_writes (did text not null, silo text not null, settled boolean not null, at timestamptz not null default clock_timestamp());
            create function test_note_write() returns trigger language plpgsql as $$
            begin
                insert into test_writes values (new.did, current_setting('application_name'), new.is_settled);
                return null;
            end $$;
            create trigger test_note_write after insert or update on repos for each row when (new.phase > 0) execute function test_note_write();

            create table test_deaths (port integer not null, at timestamptz not null default clock_timestamp());
            create function test_note_death() returns trigger language plpgsql as $$
            begin
                insert into test_deaths values (new.Port);
                return null;
            end $$;
            create trigger test_note_death after update on OrleansMembershipTable for each row when (old.Status <> 6 and new.Status = 6) execute function test_note_death();
            """);
        return diary;
    }

    /// <summary>How many silos have written what they have read.</summary>
    public async Task<int> CountWritersAsync() => (await QueryAsync("select distinct silo from test_writes")).Count;

    /// <summary>The ports of the silos that were taken for dead, or have signed off.</summary>
    public async Task<IReadOnlyList<int>> DeathsAsync() => [.. (await QueryAsync("select port from test_deaths order by at")).Select(static row => int.Parse(row[0], CultureInfo.InvariantCulture))];

    /// <summary>
    /// What has become of the repositories that the loss of silos has held up. Asked when the run is completed: by then somebody has read them to their end. Held up were those that
    /// had been begun and were settled only after the loss was found: what the others had in hand, they have settled meanwhile.
    /// </summary>
    /// <param name="lostAt">When they were lost; from there on all is counted.</param>
    /// <param name="begun">The repositories that somebody had asked for by then.</param>
    public async Task<TakeOver> TakenOverAsync(DateTimeOffset lostAt, IEnumerable<string> begun)
    {
        var since = $"timestamptz '{lostAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}+00'";
        var row = (await QueryAsync($"""
            with dead as (
                select min(at) as first, max(at) as last from test_deaths),
            taken as (
                select min(w.at) filter (where w.at > dead.first) as at
                from test_writes w cross join dead
                where w.did in ({string.Join(", ", begun.Select(static did => $"'{did}'"))})
                group by w.did, dead.first
                having min(w.at) filter (where w.settled) > dead.first)
            select
                count(*),
                extract(epoch from min(at) - {since}),
                extract(epoch from max(at) - {since}),
                (select extract(epoch from last - {since}) from dead)
            from taken
            """)).Single();
        return new(int.Parse(row[0], CultureInfo.InvariantCulture), Seconds(row[1]), Seconds(row[2]), Seconds(row[3]) ?? throw new InvalidOperationException("Nobody was taken for dead."));
    }

    static double? Seconds(string number) => number.Length == 0 ? null : double.Parse(number, CultureInfo.InvariantCulture);

    async Task<IReadOnlyList<string[]>> QueryAsync(string sql)
    {
        await using var index = database.Open();
        return await IndexReader.QueryAsync(index, sql);
    }

    /// <summary>How the work of lost silos went on elsewhere, in seconds since they were lost.</summary>
    /// <param name="HeldUp">The repositories that had been begun, by them or for them, and that nobody read to their end before.</param>
    /// <param name="First">Until a page of one of them was written by another silo; null where there were none.</param>
    /// <param name="Last">Until that was so of each of them.</param>
    /// <param name="Dead">Until each silo counted as dead.</param>
    public sealed record TakeOver(int HeldUp, double? First, double? Last, double Dead);
}
