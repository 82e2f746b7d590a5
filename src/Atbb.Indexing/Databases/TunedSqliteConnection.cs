using Microsoft.Data.Sqlite;

namespace Atbb.Indexing.Databases;

/// <summary>A connection that sets, each time it is opened, what SQLite keeps per connection.</summary>
sealed class TunedSqliteConnection(string connectionString) : SqliteConnection(connectionString)
{
    public override void Open()
    {
        base.Open();
        using var command = CreateCommand();
        // busy_timeout: wait for another writer instead of failing. synchronous=NORMAL: with a write-ahead log a power cut may cost the
        // last transactions, never the file; a cursor and its rows are lost together and read again.
        command.CommandText = """
            pragma busy_timeout = 5000;
            pragma synchronous = normal;
            pragma temp_store = memory;
            pragma cache_size = -65536;
            """;
        command.ExecuteNonQuery();
    }
}
