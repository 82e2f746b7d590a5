using System.Threading.Channels;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Collections;
using Npgsql;

namespace Atbb.PlainLoop;

/// <summary>Writes what is there, a transaction at a time, by the service's own <c>copy</c>.</summary>
sealed class Lane(NpgsqlDataSource database, RowMemory memory, ChannelReader<Page> pages)
{
    const int RowsPerTransaction = 5_000;

    readonly PostgresCopy copy = new();

    public async Task RunAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        while (await pages.WaitToReadAsync())
            if (Take() is { Count: > 0 } taken)
                await WriteAsync(connection, memory.Add(taken));
    }

    List<Page> Take()
    {
        var taken = new List<Page>();
        for (var rows = 0; rows < RowsPerTransaction && pages.TryRead(out var page); rows += page.Rows.Count)
            taken.Add(page);
        return taken;
    }

    async Task WriteAsync(NpgsqlConnection connection, PageGroup group)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var (collection, rows) in group.New)
            await copy.SendAsync(connection, collection, rows, group.Now);
        await group.Before;
        foreach (var (collection, rows) in group.Late)
            await ResolveAsync(connection, collection, rows);
        await transaction.CommitAsync();

        group.Committed.SetResult();
        foreach (var page in group.Pages)
            page.Written.SetResult();
    }

    static async Task ResolveAsync(NpgsqlConnection connection, RecordCollection collection, Dictionary<long, long?[]> rows)
    {
        var columns = collection.References.Select(reference => reference.IdColumn!).ToList();
        await using var command = new NpgsqlCommand(
            $"""
            update {collection.Table} r set {string.Join(", ", columns.Select(column => $"{column} = coalesce(late.{column}, r.{column})"))}
            from unnest($1::bigint[], {string.Join(", ", columns.Select((_, i) => $"${i + 2}::bigint[]"))}) as late (id, {string.Join(", ", columns)})
            where r.id = late.id
            """,
            connection);
        command.Parameters.Add(PostgresBatch.Bigints(rows.Keys));
        for (var i = 0; i < columns.Count; i++)
        {
            var reference = i;
            command.Parameters.Add(PostgresBatch.Bigints(rows.Values.Select(ids => ids[reference])));
        }

        await command.ExecuteNonQueryAsync();
    }
}
