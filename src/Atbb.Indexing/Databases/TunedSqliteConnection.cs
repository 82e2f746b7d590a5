using Microsoft.Data.Sqlite;

namespace Atbb.Indexing.Databases;

/// <summary>A connection that sets, each time it is opened, what SQLite keeps per connection.</summary>
sealed class TunedSqliteConnection : SqliteConnection
{
    const int BusySeconds = 5;

    public TunedSqliteConnection(string connectionString)
        : base(connectionString) =>
        // The driver begins SQLite's own wait again until its time is over, which by default is half a minute.
        DefaultTimeout = BusySeconds;

    public override void Open()
    {
        base.Open();
        using var command = CreateCommand();
        // busy_timeout: wait for another writer instead of failing. synchronous=NORMAL: with a write-ahead log a power cut may cost the
        // last transactions, never the file; a cursor and its rows are lost together and read again.
        // cache_size, in KiB: the system caches the file as well. Four times as much made a first sync no faster, and the process 40 MB larger.
        command.CommandText = $"""
            pragma busy_timeout = {BusySeconds}000;
            pragma synchronous = normal;
            pragma temp_store = memory;
            pragma cache_size = -16384;
            """;
        command.ExecuteNonQuery();
    }
}
