using Atbb.AtProto.Syntax;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Runs;
using Dapper;

namespace Atbb.Indexing.Repos;

/// <summary>
/// Many repositories at once that a phase of a run need not ask about: those it is done with, and those it is done with as soon as their host has listed their revs.
/// </summary>
/// <remarks>Every method throws <see cref="IndexUnavailableException"/> when the database cannot be asked.</remarks>
public sealed class SettledRepos(IndexDatabase database, TimeProvider time)
{
    /// <summary>Which of some repositories a phase of a run is done with, and what they came to.</summary>
    public Task<IReadOnlyDictionary<string, RepoCounts>> CountsAmongAsync(long runId, int phase, IReadOnlyCollection<string> dids, CancellationToken cancellationToken) => database.QueryAsync(
        async Task<IReadOnlyDictionary<string, RepoCounts>> (connection, token) =>
        {
            var counts = new Dictionary<string, RepoCounts>(StringComparer.Ordinal);
            await connection.ReadAsync(
                new CommandDefinition(
                    $"""
                    select did, records_indexed, records_updated, records_unchanged, records_deleted, records_failed, requests, bytes
                    from repos
                    where did {database.AnyOf("@dids")} and last_run_id = @runId and phase = @phase and is_settled
                    """,
                    new { dids = JsonList.Of(dids), runId, phase },
                    cancellationToken: token),
                row => counts[row.GetString(0)] = RepoRow.ReadCounts(row, 1));
            return counts;
        },
        cancellationToken);

    /// <summary>
    /// Settles, in one statement, the repositories of a host that have not changed since they were last read to their end, as their own grains would one by one:
    /// active, with nothing gone wrong or under way, and of an identity that is recent enough to be believed. Each of the others is left to its grain.
    /// </summary>
    /// <param name="of">The phase, and what it reads.</param>
    /// <param name="pds">The host's origin.</param>
    /// <param name="revs">What the host has listed.</param>
    /// <param name="identitySince">When a DID document must have been read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whom it has settled.</returns>
    public Task<IReadOnlySet<string>> SettleUnchangedAsync(
        PhaseOfRun of, string pds, IReadOnlyDictionary<Did, Tid> revs, DateTimeOffset identitySince, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(of);
        ArgumentNullException.ThrowIfNull(revs);
        var values = new DynamicParameters(new
        {
            runId = of.RunId,
            phase = of.Phase,
            heads = JsonList.Of(revs.Select(listed => $"{listed.Key.Value} {listed.Value.Value}")),
            active = RepoStatus.Active.Stored(),
            pds,
            identitySince,
            now = time.GetUtcNow(),
        });
        for (var i = 0; i < of.Collections.Count; i++)
            values.Add($"collection{i}", of.Collections[i]);
        var wasRead = of.Collections.Select((_, i) => $"and exists (select 1 from repo_cursors c where c.did = r.did and c.collection = @collection{i} and c.rev = r.rev)");
        return database.QueryAsync(
            async Task<IReadOnlySet<string>> (connection, token) => (await connection.QueryAsync<string>(new CommandDefinition($"""
                update repos set
                    last_run_id = @runId, phase = @phase, is_settled = true,
                    records_indexed = 0, records_updated = 0, records_unchanged = 0, records_deleted = 0, records_failed = 0, requests = 0, bytes = 0,
                    moves = 0, synced_at = @now, updated_at = @now, version = version + 1
                where did in (
                    select r.did
                    from {database.RowsOf("@heads")} listed
                    -- A head is a DID, a space, and a rev of {Tid.Length} characters: taken apart, each finds its row by the key.
                    join repos r on r.did = substr(listed.value, 1, length(listed.value) - {Tid.Length + 1})
                    where r.rev = substr(listed.value, length(listed.value) - {Tid.Length - 1})
                      -- The rev that it was read up to, in each of its collections.
                      {string.Join("\n      ", wasRead)}
                      -- A pass that is under way, this run's or by hand, is its grain's.
                      and r.is_settled and r.last_run_id < @runId
                      and not exists (select 1 from repo_cursors c where c.did = r.did and c.run_id = {ErrorStore.ByHand} and not c.is_complete)
                      and r.status = @active and r.attempts = 0 and r.retry_after is null and r.last_error is null
                      and r.pds = @pds and r.identity_at >= @identitySince and r.identity_at <= @now
                    {database.PassLocked})
                returning did
                """, values, cancellationToken: token))).ToHashSet(StringComparer.Ordinal),
            cancellationToken);
    }
}
