using System.Data.Common;
using System.Net.Sockets;
using Atbb.Indexing.Batches;
using DbUp;
using DbUp.Builder;
using DbUp.Postgresql;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Atbb.Indexing.Databases;

/// <summary>An index on a PostgreSQL server, which several silos may share.</summary>
sealed class PostgresDatabase : IndexDatabase
{
    const long MigrationLock = 0x6174_6262_0001;
    const string Folder = "PostgreSql";

    // The driver has no names for these: idle_in_transaction_session_timeout, and transaction_timeout of PostgreSQL 17.
    const string IdleInTransactionTimeout = "25P03";
    const string TransactionTimeout = "25P04";

    readonly NpgsqlDataSource dataSource;
    readonly ILogger logger;

    public PostgresDatabase(DatabaseTarget target, ILoggerFactory loggers, SiloIdentity? silo)
        : base(target)
    {
        logger = loggers.CreateLogger<IndexDatabase>();
        var settings = new NpgsqlConnectionStringBuilder(target.ConnectionString);
        // Statements that come back are prepared by the driver: planning them again would cost about as much as running them.
        if (settings.MaxAutoPrepare == 0)
            settings.MaxAutoPrepare = 200;
        settings.AutoPrepareMinUsages = 2;
        if (silo is not null)
            // Also where another name is configured: by this one the database knows a silo that is dead.
            settings.ApplicationName = silo.ConnectionName;
        settings.ApplicationName ??= "atbb-orleans";
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        builder.UseLoggerFactory(loggers);
        // The driver's metrics name the pool, and would otherwise by the connection string: where the database is does not belong there.
        builder.Name = "index";
        dataSource = builder.Build();
    }

    public override DbDataSource Index => dataSource;

    public override DbDataSource Orleans => dataSource;

    public override string OrleansInvariant => "Npgsql";

    internal override int Lanes(IndexingOptions options) => options.PostgreSqlLanes;

    internal override IRecordWriter CreateWriter() => new PostgresWriter(dataSource);

    internal override string RowsOf(string list) => $"jsonb_array_elements_text(cast({list} as jsonb))";

    internal override string AnyOf(string list) => $"= any (array(select value from {RowsOf(list)}))";

    // "offset 0" keeps it from becoming an ordinary join. Of a table that was empty a moment ago PostgreSQL knows nothing for a minute, and reads all of it
    // rather than look some twenty rows up: each page of a first sync would cost as much as there are members.
    internal override string LookedUp(string table, string alias, string column, string key) =>
        $"left join lateral (select * from {table} where {table}.{column} = {key} offset 0) {alias} on true";

    // Two statements that take the same rows in another order would wait for one another.
    internal override string PassLocked => "for update of r skip locked";

    internal override string DidOf(string uri) => $"split_part({uri}, '/', 3)";

    internal override Task BoundAsync(DbTransaction transaction, CancellationToken cancellationToken) => ExecuteAsync(transaction, PostgresStateSql.BoundTransaction, cancellationToken);

    internal override Task LockReferencesAsync(DbTransaction transaction, CancellationToken cancellationToken) => ExecuteAsync(transaction, PostgresStateSql.LockReferences, cancellationToken);

    internal override Task ByIndexAsync(DbTransaction transaction, CancellationToken cancellationToken) => ExecuteAsync(transaction, PostgresStateSql.ByIndex, cancellationToken);

    static async Task ExecuteAsync(DbTransaction transaction, string sql, CancellationToken cancellationToken)
    {
        await using var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public override async Task MigrateAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Without the lock, which most starts need not wait for: a newer release that is at it just now is met as by a process that started just before it.
            if (IsUpToDate(await ReadSchemaAsync(cancellationToken)))
                return;

            // Not pooled: closing it ends the session, and with it the lock, whatever happens in between.
            var settings = new NpgsqlConnectionStringBuilder(Target.ConnectionString) { Pooling = false };
            await using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            await using (var command = new NpgsqlCommand("select pg_advisory_lock($1)", connection) { CommandTimeout = 0 })
            {
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = MigrationLock });
                await command.ExecuteNonQueryAsync(cancellationToken);
            }

            // Under the lock: another process may have been at it.
            if (IsUpToDate(await ReadSchemaAsync(cancellationToken)))
                return;
            // DbUp is synchronous.
            await Task.Run(() => Migration.Run(Upgrades(settings.ConnectionString), Folder, logger), cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException && Classify(e) is FaultClass.Unavailable or FaultClass.Conflict)
        {
            throw Unavailable(e);
        }
    }

    // DbUp is synchronous: whoever is told to stop does not wait for a server that is silent.
    public override Task<SchemaState> ReadSchemaAsync(CancellationToken cancellationToken) =>
        Task.Run(() => Migration.Read(ByTheIndexsConnections(), Folder), cancellationToken).WaitAsync(cancellationToken);

    // Through the index's own pool, which keeps what is opened here.
    UpgradeEngineBuilder ByTheIndexsConnections()
    {
        var upgrades = Upgrades(Target.ConnectionString);
        upgrades.Configure(of => of.ConnectionManager = new PostgresqlConnectionManager(dataSource));
        return upgrades;
    }

    // Its journal stands in the first schema of the search path, as the tables do. Given the path itself, DbUp would take all of it for one schema's name; "$user" is none.
    static UpgradeEngineBuilder Upgrades(string connectionString) => DeployChanges.To.PostgresqlDatabase(
        connectionString,
        new NpgsqlConnectionStringBuilder(connectionString).SearchPath?.Split(',')[0].Trim(' ', '"') is { Length: > 0 } schema and not "$user" ? schema : null);

    internal override FaultClass Classify(Exception error) => error switch
    {
        PostgresException postgres => ClassOf(postgres),
        // No answer at all: connection refused or lost, time-out, pool exhausted.
        NpgsqlException or SocketException or IOException or TimeoutException => FaultClass.Unavailable,
        _ => FaultClass.Bug,
    };

    /// <summary>What a server's own word means.</summary>
    public static FaultClass ClassOf(PostgresException error) => error.SqlState switch
    {
        // A newer release has changed a column under a statement that was prepared: asked again, it is prepared anew.
        PostgresErrorCodes.FeatureNotSupported when error.Routine == "RevalidateCachedQuery" => FaultClass.Conflict,
        // A unique violation: a row of that key has come since it was looked for, which no writer of ours brings about. Looked for again, it is there.
        PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.UniqueViolation => FaultClass.Conflict,
        // The statement is good, and somebody has taken its rights away.
        PostgresErrorCodes.InsufficientPrivilege => FaultClass.Unavailable,
        // A server that has become a standby.
        PostgresErrorCodes.ReadOnlySqlTransaction => FaultClass.Unavailable,
        // This process stood still inside a transaction (stopped, suspended, starved), and the server has ended its connection, as it is asked
        // to; or its operator bounds transactions.
        IdleInTransactionTimeout or TransactionTimeout => FaultClass.Unavailable,
        var state => ByClass(state),
    };

    /// <summary>Whether an error says that the data is at fault.</summary>
    public static bool IsRefused(PostgresException error) => ClassOf(error) == FaultClass.Refused;

    // By SQLSTATE class: https://www.postgresql.org/docs/current/errcodes-appendix.html
    static FaultClass ByClass(string state) => state.Length < 2 ? FaultClass.Unavailable : state[..2] switch
    {
        // Data exception, integrity constraint violation, program limit exceeded (an index row that is too large), and a string that is
        // refused while it is converted.
        "22" or "23" or "54" => FaultClass.Refused,
        // What a program says to the server that it must not: a statement that does not fit the tables, a feature that is not there, a transaction, cursor or
        // prepared statement in the wrong state, a function that raises an error.
        "03" or "09" or "0A" or "0B" or "0F" or "0L" or "0P" or "0Z" or "20" or "21" or "24" or "25" or "26" or "27" or "2B" or "2D" or "2F" or "34" or "38" or "39"
            or "3B" or "3F" or "42" or "44" or "P0" => FaultClass.Bug,
        // Connection, authorization (a password being changed), no such database (yet), resources, object in use, operator's intervention, system error; an
        // internal error, as which poolers answer when they have no server to give, or too many clients; and what is in no list. A run that takes a bug for
        // one of these is seen by its not going on; one that takes one of these for a bug has ended.
        _ => FaultClass.Unavailable,
    };

    private protected override string Advice(Exception error) => error is PostgresException postgres
        ? postgres.SqlState[..Math.Min(2, postgres.SqlState.Length)] switch
        {
            "53" when postgres.SqlState == PostgresErrorCodes.DiskFull => "Free space on the server's disk.",
            "53" => "Raise the server's max_connections or lower what else connects.",
            "28" => "Check user and password in DATABASE_URL.",
            "3D" => "Create the database, or correct its name in DATABASE_URL.",
            "40" => "Another transaction was in the way again and again: see what else writes to this database.",
            "25" when postgres.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction => "The server is a read-only standby: point DATABASE_URL at the primary.",
            "25" when postgres.SqlState == TransactionTimeout => "The transaction took longer than the server's transaction_timeout: raise that for this user.",
            "25" => "This process stood still inside a transaction (suspended, stopped, short of processor), and the server has ended its connection: what was not written is tried again.",
            "42" => "Give the user of DATABASE_URL its rights on the tables back.",
            "XX" => "See the log of the server, and of the pooler before it, if there is one.",
            "57" or "08" => "The server ended the connection or the statement (restart, failover, time-out): see that it is up.",
            // As in the migrations.
            "55" when postgres.SqlState == "55A01" => "It ends by itself; start it again.",
            _ => "See the server's log.",
        }
        : "Check that the server runs and can be reached at the address in DATABASE_URL.";

    public override ValueTask DisposeAsync() => dataSource.DisposeAsync();
}
