using Atbb.Indexing.Databases;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atbb.Silo.Demo;

/// <summary>The demo's database: gone on with after a kill, and begun afresh once a run in it has ended.</summary>
static class DemoDatabase
{
    /// <summary>Removes the database unless a run in it is unfinished.</summary>
    public static async Task ForgetFinishedRunAsync(string file)
    {
        if (!File.Exists(file) || await HasUnfinishedRunAsync(file))
            return;

        var name = Path.GetFileNameWithoutExtension(file);
        foreach (var part in Directory.EnumerateFiles(Path.GetDirectoryName(file)!, $"{name}.*").Where(part => !part.EndsWith(".lock", StringComparison.Ordinal)))
            File.Delete(part);
    }

    static async Task<bool> HasUnfinishedRunAsync(string file)
    {
        await using var database = IndexDatabase.Create(DatabaseTarget.Sqlite(file), NullLoggerFactory.Instance);
        await database.MigrateAsync(CancellationToken.None);
        await using var connection = await database.Index.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>("select count(*) from backfill_progress where status in ('in_progress', 'paused')") > 0;
    }
}
