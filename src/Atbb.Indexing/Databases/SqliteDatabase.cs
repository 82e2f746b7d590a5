using System.Data.Common;
using Atbb.Indexing.Batches;
using DbUp;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Atbb.Indexing.Databases;

/// <summary>An index in a SQLite file of one process. Orleans's tables stand in a file beside it, so that its calls do not wait for bulk writes.</summary>
sealed class SqliteDatabase : IndexDatabase
{
    // https://sqlite.org/rescode.html
    const int Error = 1, Busy = 5, Locked = 6, Corrupt = 11, Full = 13, TooBig = 18, Constraint = 19, Mismatch = 20, Misuse = 21, Unauthorized = 23, OutOfRange = 25, NotADatabase = 26;

    const string IndexFolder = "Sqlite", OrleansFolder = "SqliteOrleans";

    readonly ILogger logger;
    readonly string indexFile;
    readonly string orleansFile;

    public SqliteDatabase(DatabaseTarget target, ILoggerFactory loggers)
        : base(target)
    {
        logger = loggers.CreateLogger<IndexDatabase>();
        indexFile = new SqliteConnectionStringBuilder(target.ConnectionString).DataSource;
        orleansFile = Path.ChangeExtension(indexFile, ".orleans" + Path.GetExtension(indexFile));
        Index = new SqliteDataSource(target.ConnectionString);
        Orleans = new SqliteDataSource(new SqliteConnectionStringBuilder(target.ConnectionString) { DataSource = orleansFile }.ToString());
    }

    public override SqliteDataSource Index { get; }

    public override SqliteDataSource Orleans { get; }

    // Orleans knows Microsoft.Data.Sqlite by the older provider's name.
    public override string OrleansInvariant => "System.Data.SQLite";

    // SQLite has one writer at a time: a second lane would only wait.
    internal override int Lanes(IndexingOptions options) => 1;

    internal override IRecordWriter CreateWriter() => new SqliteWriter(Index);

    internal override string RowsOf(string list) => $"json_each({list})";

    internal override string AnyOf(string list) => $"in (select value from {RowsOf(list)})";

    internal override string LookedUp(string table, string alias, string column, string key) => $"left join {table} {alias} on {alias}.{column} = {key}";

    // There is one writer at a time.
    internal override string PassLocked => "";

    // After the scheme's five characters, up to the next slash.
    internal override string DidOf(string uri) => $"substr({uri}, 6, instr(substr({uri}, 6), '/') - 1)";

    public override Task MigrateAsync(CancellationToken cancellationToken) => Task.Run(Migrate, cancellationToken);

    void Migrate()
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(indexFile)!);
            // Who starts second waits on this lock, which a killed process loses. It is a database of its own because DbUp needs
            // the index's write lock for itself.
            using var gate = new SqliteConnection(new SqliteConnectionStringBuilder
            {
                DataSource = indexFile + ".migrating",
                Pooling = false,
                DefaultTimeout = 120,
            }.ToString());
            gate.Open();
            Execute(gate, "begin exclusive");
            var isUpToDate = IsUpToDate(ReadSchema());
            foreach (var (file, folder) in new[] { (Index, IndexFolder), (Orleans, OrleansFolder) })
            {
                WriteAhead(file);
                if (!isUpToDate)
                    Migration.Run(DeployChanges.To.SqliteDatabase(file.ConnectionString), folder, logger);
            }

            Execute(gate, "rollback");
        }
        catch (Exception e) when (Classify(e) is FaultClass.Unavailable)
        {
            throw Unavailable(e);
        }
    }

    public override Task<SchemaState> ReadSchemaAsync(CancellationToken cancellationToken) => Task.Run(ReadSchema, cancellationToken);

    SchemaState ReadSchema() => ReadSchema(indexFile, IndexFolder).With(ReadSchema(orleansFile, OrleansFolder));

    // A file that is not there is not made by looking for it.
    static SchemaState ReadSchema(string file, string folder) => Migration.Read(
        DeployChanges.To.SqliteDatabase(new SqliteConnectionStringBuilder
        {
            DataSource = File.Exists(file) ? file : ":memory:",
            Mode = File.Exists(file) ? SqliteOpenMode.ReadOnly : SqliteOpenMode.Memory,
            Pooling = false,
        }.ToString()),
        folder);

    // Kept in the file, and ignored without a word inside a transaction, hence not in a script. Each time: a copy that was restored may have lost it.
    static void WriteAhead(DbDataSource file)
    {
        using var connection = file.OpenConnection();
        Execute(connection, "pragma journal_mode = wal");
    }

    static void Execute(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Whether an error says that the data is at fault.</summary>
    public static bool IsRefused(SqliteException error) => ClassOf(error) == FaultClass.Refused;

    /// <summary>What SQLite's own word means.</summary>
    public static FaultClass ClassOf(SqliteException error) => error.SqliteErrorCode switch
    {
        TooBig or Constraint or Mismatch => FaultClass.Refused,
        // A statement that does not fit the tables, and calls that SQLite does not take.
        Error or Misuse or Unauthorized or OutOfRange => FaultClass.Bug,
        // Locks, memory, disk, file. Taken for a bug, what is not known here would end a run.
        _ => FaultClass.Unavailable,
    };

    internal override FaultClass Classify(Exception error) => error switch
    {
        SqliteException sqlite => ClassOf(sqlite),
        IOException or UnauthorizedAccessException => FaultClass.Unavailable,
        _ => FaultClass.Bug,
    };

    private protected override string Advice(Exception error) => error switch
    {
        SqliteException { SqliteErrorCode: Busy or Locked } => "Another process is writing to the file: run one process per file, or use PostgreSQL.",
        SqliteException { SqliteErrorCode: Full } => "Free space on the disk.",
        SqliteException { SqliteErrorCode: Corrupt or NotADatabase } => "The file is damaged: restore it, or remove it and start a full sync.",
        SqliteFileMovedException => "Nothing is written any more. Move the very file back and everything goes on; or stop this process, restore the file from a backup (a full sync fills a new one), and start it.",
        _ => "Check that the file and its folder are there and may be written.",
    };

    public override ValueTask DisposeAsync()
    {
        // Pooled connections keep the files open.
        foreach (var file in new[] { Index, Orleans })
        {
            file.Dispose();
            using var connection = new SqliteConnection(file.ConnectionString);
            SqliteConnection.ClearPool(connection);
        }

        return ValueTask.CompletedTask;
    }
}
