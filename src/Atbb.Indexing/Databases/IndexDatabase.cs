using System.Data.Common;
using Atbb.Indexing.Batches;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Atbb.Indexing.Databases;

/// <summary>The database an index stands in. Everything in which PostgreSQL and SQLite differ is behind this class and its record writers.</summary>
public abstract class IndexDatabase : IAsyncDisposable
{
    // Questions for a sign of life that still wait for the driver to give up.
    const int MostLeftBehind = 3;
    int leftBehind;

    static IndexDatabase() => StoredTime.Register();

    private protected IndexDatabase(DatabaseTarget target) => Target = target;

    /// <summary>Opens nothing yet.</summary>
    /// <param name="target">Which database.</param>
    /// <param name="loggers">Where to log.</param>
    /// <param name="silo">The silo that works on it. Null: no silo, or one that shares it with no other.</param>
    public static IndexDatabase Create(DatabaseTarget target, ILoggerFactory loggers, SiloIdentity? silo = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(loggers);
        return target.Kind switch
        {
            DatabaseKind.PostgreSql => new PostgresDatabase(target, loggers, silo),
            DatabaseKind.Sqlite => new SqliteDatabase(target, loggers),
            _ => throw new ArgumentOutOfRangeException(nameof(target)),
        };
    }

    /// <summary>Which database.</summary>
    public DatabaseTarget Target { get; }

    /// <summary>Connections to the index.</summary>
    public abstract DbDataSource Index { get; }

    /// <summary>Connections to Orleans's own tables: the same database on PostgreSQL, a file of their own beside the index on SQLite.</summary>
    public abstract DbDataSource Orleans { get; }

    /// <summary>Orleans's ADO.NET invariant for <see cref="Orleans"/>.</summary>
    public abstract string OrleansInvariant { get; }

    /// <summary>Transactions that write records at once.</summary>
    internal abstract int Lanes(IndexingOptions options);

    /// <summary>A writer with a connection of its own.</summary>
    internal abstract IRecordWriter CreateWriter();

    /// <summary>SQL: the texts of a JSON list as rows, in a column <c>value</c>.</summary>
    internal abstract string RowsOf(string list);

    /// <summary>SQL: equal to one of the texts of a JSON list. By this a column's index is used, however large the planner takes the list for.</summary>
    internal abstract string AnyOf(string list);

    /// <summary>
    /// Seconds that a statement has which goes through a whole table, as they are asked when a run begins, ends or looks around. With the driver's 30 an index of many
    /// millions would never answer in time, and a run that waits for its database would take that for an outage without end.
    /// </summary>
    internal const int WholeTablePatience = 600;

    /// <summary>SQL: a left join that looks up the few keys which there are, one by one, and does not go through the table for them.</summary>
    internal abstract string LookedUp(string table, string alias, string column, string key);

    /// <summary>SQL, at the end of a query for rows that the statement around it changes: takes them, and passes by those that somebody else is changing just now.</summary>
    internal abstract string PassLocked { get; }

    /// <summary>SQL: whose repository the AT-URI in a column names.</summary>
    internal abstract string DidOf(string uri);

    /// <summary>
    /// Sees to it that a transaction of several round trips ends, and its locks with it, should this process be stopped in the middle. Where
    /// nobody else writes, there is nothing to see to.
    /// </summary>
    internal virtual Task BoundAsync(DbTransaction transaction, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Keeps out, until a transaction ends, whoever makes references to rows that nobody else can see yet. After the repositories' rows have been locked, as the
    /// writers of records do, so that nobody waits in a circle. Where nobody else writes, there is nobody to keep out.
    /// </summary>
    internal virtual Task LockReferencesAsync(DbTransaction transaction, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Sees to it that the statements of a transaction walk along indexes, where the planner might think otherwise of tables that have just been filled.</summary>
    internal virtual Task ByIndexAsync(DbTransaction transaction, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What an error of this database means.</summary>
    internal abstract FaultClass Classify(Exception error);

    /// <summary>
    /// A database's own word, in an error or in what it came from, that a statement or what it was given is at fault: a bug of this program, which waiting does not
    /// mend. Orleans's providers use the same drivers, so it is found in their errors, too. Null: there is none, or it may pass.
    /// </summary>
    public static DbException? FaultOfStatement(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        for (var cause = error; cause is not null; cause = cause.InnerException)
            if (cause is DbException fault && ClassOf(fault) is FaultClass.Bug or FaultClass.Refused)
                return fault;
        return null;
    }

    static FaultClass ClassOf(DbException error) => error switch
    {
        PostgresException postgres => PostgresDatabase.ClassOf(postgres),
        SqliteException sqlite => SqliteDatabase.ClassOf(sqlite),
        _ => FaultClass.Unavailable,
    };

    /// <summary>What an operator is to do about an error that may pass.</summary>
    private protected abstract string Advice(Exception error);

    /// <summary>Creates or completes the tables of the index and of Orleans: every script once, in order, also when several processes start together.</summary>
    /// <exception cref="IndexUnavailableException">The database cannot be reached.</exception>
    /// <exception cref="SchemaTooNewException">A newer release has been here. Nothing was changed.</exception>
    public abstract Task MigrateAsync(CancellationToken cancellationToken);

    /// <summary>How the tables stand to what this release knows. Changes nothing, and works also where there is no table yet.</summary>
    public abstract Task<SchemaState> ReadSchemaAsync(CancellationToken cancellationToken);

    /// <summary>Asks the database for a sign of life.</summary>
    /// <param name="patience">How long it has for that.</param>
    /// <param name="time">What measures it.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="IndexUnavailableException">There is none.</exception>
    public async Task PingAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        // Each holds a connection, and the work needs some when the database answers again.
        if (Volatile.Read(ref leftBehind) >= MostLeftBehind)
            throw Unavailable(new TimeoutException("It has not answered what it was asked before"));

        var enough = new CancellationTokenSource();
        var asking = AskAsync(enough.Token);
        try
        {
            // Bounded from outside: told to stop, the driver asks the server to stop as well, and a server that is silent lets it wait for that.
            await asking.WaitAsync(patience, time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw Unavailable(e);
        }
        finally
        {
            if (asking.IsCompleted)
                enough.Dispose();
            else
                _ = LeaveBehindAsync(asking, enough);
        }
    }

    /// <summary>Whether the database answers, whatever it says: also while its tables are missing, as in a restore.</summary>
    /// <param name="patience">How long it has for that.</param>
    /// <param name="time">What measures it.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<bool> AnswersAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await PingAsync(patience, time, cancellationToken);
            return true;
        }
        catch (IndexUnavailableException)
        {
            return false;
        }
        catch (Exception e) when (FaultOfStatement(e) is not null)
        {
            return true;
        }
    }

    async Task LeaveBehindAsync(Task asking, CancellationTokenSource enough)
    {
        Interlocked.Increment(ref leftBehind);
        await enough.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Interlocked.Decrement(ref leftBehind);
        enough.Dispose();
    }

    Task<bool> AskAsync(CancellationToken cancellationToken) => QueryAsync(
        async (connection, token) =>
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "select 1 from firehose_cursor limit 1";
            await command.ExecuteScalarAsync(token);
            return true;
        },
        cancellationToken);

    /// <summary>Runs an ordinary query, and names an error that may pass for what it is.</summary>
    internal async Task<T> QueryAsync<T>(Func<DbConnection, CancellationToken, Task<T>> query, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await Index.OpenConnectionAsync(cancellationToken);
            return await query(connection, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException && Classify(e) is FaultClass.Unavailable or FaultClass.Conflict)
        {
            // What breaks as its caller goes away is a caller gone, and no outage.
            throw cancellationToken.IsCancellationRequested ? new OperationCanceledException(e.Message, e, cancellationToken) : Unavailable(e);
        }
    }

    /// <summary>Whether no script is left to be run: most starts find it so, and need not set up what would run them.</summary>
    /// <exception cref="SchemaTooNewException">A newer release has changed the tables.</exception>
    private protected bool IsUpToDate(SchemaState schema)
    {
        if (schema.Unknown.Count > 0)
            throw new SchemaTooNewException(
                $"A newer release has changed the tables of the index database ({Target}): this one does not know {string.Join(", ", schema.Unknown)}. "
                + "Nothing was changed. Start that release, or restore the backup from before it.");

        return schema.Missing.Count == 0;
    }

    internal IndexUnavailableException Unavailable(Exception error) =>
        new($"The index database ({Target}) is not available: {error.Message.TrimEnd('.')}. {Advice(error)}", error);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
