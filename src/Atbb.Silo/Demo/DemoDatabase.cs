using System.Globalization;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Runs;
using Atbb.Sample;
using Atbb.Silo.Configuration;
using Atbb.Silo.Hosting;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atbb.Silo.Demo;

/// <summary>The demo's database: gone on with after a kill, and begun afresh once a run in it has ended.</summary>
static class DemoDatabase
{
    static readonly string[] Endings = ["", "-wal", "-shm", "-journal"];

    /// <summary>Removes the database unless a run over the same forum is unfinished in it.</summary>
    /// <param name="file">The database.</param>
    /// <param name="forum">What the forum is generated from.</param>
    /// <returns>Whether an unfinished run was given up because it is over another forum.</returns>
    /// <exception cref="DatabaseInUseException">Another demo has it.</exception>
    /// <exception cref="BadSettingsException">No demo has made the database that stands there.</exception>
    public static async Task<bool> PrepareAsync(string file, SampleForumOptions forum)
    {
        // Before anything is looked at: without it, a second demo would remove the database of one that still stays.
        using var held = DatabasePreparation.Lock(file);
        var sizeFile = Path.ChangeExtension(file, ".size");
        var size = string.Create(CultureInfo.InvariantCulture, $"users {forum.Users}, posts {forum.PostsPerUser}, seed {forum.Seed}");
        // Without the demo's mark it is somebody's index, and nothing of it may even be migrated.
        if (!File.Exists(sizeFile) && Parts(file).FirstOrDefault(File.Exists) is { } found)
            throw new BadSettingsException([$"--folder {Path.GetDirectoryName(file)}: {found} was not made by a demo, and a demo would remove it. Choose another folder."]);

        var isUnfinished = File.Exists(file) && await HasUnfinishedRunAsync(file);
        if (isUnfinished && File.Exists(sizeFile) && await File.ReadAllTextAsync(sizeFile) == size)
            return false;

        // The mark stays until it is written anew: a demo that is killed in between still knows what is left as its own.
        foreach (var part in Parts(file))
            File.Delete(part);
        await File.WriteAllTextAsync(sizeFile, size);
        return isUnfinished;
    }

    /// <summary>What a demo makes, by name: whatever else lies in the folder is not its own.</summary>
    static IEnumerable<string> Parts(string file) =>
        from database in new[] { file, Path.ChangeExtension(file, ".orleans" + Path.GetExtension(file)) }
        from ending in Endings
        select database + ending;

    static async Task<bool> HasUnfinishedRunAsync(string file)
    {
        await using var database = IndexDatabase.Create(DatabaseTarget.Sqlite(file), NullLoggerFactory.Instance);
        await database.MigrateAsync(CancellationToken.None);
        await using var connection = await database.Index.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>($"select count(*) from backfill_progress where status in ('{RunStore.InProgress}', '{RunStore.Paused}')") > 0;
    }
}
