using Atbb.EndToEnd.Tests.Processes;
using Atbb.Indexing.Databases;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Atbb.EndToEnd.Tests.Upgrades;

/// <summary>What the first release left behind: an index half read, its run unfinished, in either database. Made by <c>make.sh</c>, which is beside it.</summary>
static class FirstRelease
{
    public const string ForumFile = "forum.json", IndexFile = "index.db", OrleansFile = "index.orleans.db", SqlFile = "index.sql";

    static string Folder => Path.Combine(AppContext.BaseDirectory, "Fixtures", "FirstRelease");

    public static FrozenForum Forum() => FrozenForum.Read(File.ReadAllText(Path.Combine(Folder, ForumFile)));

    /// <summary>Puts it into an empty database, with the PDS where it is now: to the index it has not moved.</summary>
    public static async Task RestoreAsync(IndexAddress database, DatabaseKind kind, string pdsThen, string pdsNow)
    {
        if (kind is DatabaseKind.PostgreSql)
        {
            var sql = await File.ReadAllTextAsync(Path.Combine(Folder, SqlFile));
            await using var connection = new NpgsqlConnection(DatabaseTarget.Parse(database.Value).ConnectionString + ";Pooling=false");
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(sql.Replace(pdsThen, pdsNow, StringComparison.Ordinal), connection);
            await command.ExecuteNonQueryAsync();
            return;
        }

        File.Copy(Path.Combine(Folder, IndexFile), database.Value);
        File.Copy(Path.Combine(Folder, OrleansFile), Path.ChangeExtension(database.Value, ".orleans" + Path.GetExtension(database.Value)));
        await using var file = new SqliteConnection($"Data Source={database.Value};Pooling=false");
        await file.OpenAsync();
        await using var update = new SqliteCommand("update repos set pds = replace(pds, @then, @now)", file);
        update.Parameters.AddWithValue("@then", pdsThen);
        update.Parameters.AddWithValue("@now", pdsNow);
        await update.ExecuteNonQueryAsync();
    }
}
