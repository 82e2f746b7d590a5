using System.Net.Sockets;
using System.Text.Json;
using Atbb.Grains.Indexing;
using Atbb.Indexing;
using Microsoft.Data.Sqlite;
using Npgsql;
using Orleans.Serialization;
using Orleans.Storage;

namespace Atbb.Grains.Tests.Indexing;

public class IndexOutageTests
{
    static readonly Exception Lost = new NpgsqlException("lost", new TimeoutException());

    /// <summary>What may pass is waited for, and so is what cannot be told.</summary>
    public static TheoryData<string, Exception> Outages => new()
    {
        { "away", new IndexUnavailableException("away", Lost) },
        { "no answer", Lost },
        { "stream", new IOException("gone") },
        { "no such host", new SocketException(11001) },
        { "time-out of a call", new TimeoutException() },
        { "restart", Postgres(PostgresErrorCodes.AdminShutdown) },
        { "deadlock", Postgres(PostgresErrorCodes.DeadlockDetected) },
        { "no rights", Postgres(PostgresErrorCodes.InsufficientPrivilege) },
        { "a pooler's own", Postgres("ZZ123") },
        { "no state", Postgres("") },
        { "in Orleans's storage", new OrleansException("Error from storage provider", Lost) },
        { "restart in Orleans's storage", new OrleansException("Error from storage provider", Postgres(PostgresErrorCodes.CrashShutdown)) },
        { "a silo", new SiloUnavailableException("gone") },
        { "of another silo", new CodecNotFoundException("Could not find a codec for type Npgsql.PostgresException.") },
        { "locked", Sqlite(5) },
        { "disk full in Orleans's storage", new OrleansException("Error from storage provider", Sqlite(13)) },
        { "no code", Sqlite(0) },
    };

    public static TheoryData<string, Exception> Bugs => new()
    {
        { "syntax", Postgres(PostgresErrorCodes.SyntaxError) },
        { "column", Postgres(PostgresErrorCodes.UndefinedColumn) },
        { "type", Postgres(PostgresErrorCodes.InvalidTextRepresentation) },
        { "null", Postgres(PostgresErrorCodes.NotNullViolation) },
        { "feature", Postgres(PostgresErrorCodes.FeatureNotSupported) },
        { "table of Orleans's storage", new OrleansException("Error from storage provider", Postgres(PostgresErrorCodes.UndefinedTable)) },
        { "SQLite's error", Sqlite(1) },
        { "SQLite's constraint", Sqlite(19) },
        { "SQLite's mismatch, in Orleans's storage", new OrleansException("Error from storage provider", Sqlite(20)) },
        { "a state without JSON", new OrleansException("Error from storage provider", new JsonException()) },
        { "ours", new InvalidCastException() },
        { "our message", new CodecNotFoundException("Could not find a codec for type Atbb.Grains.Interfaces.Runs.RunProgress.") },
        { "another activation", new InconsistentStateException("taken over") },
    };

    [Theory]
    [MemberData(nameof(Outages))]
    public void Is_OfWhatMayPass_IsOne(string what, Exception error) => Assert.True(IndexOutage.Is(error), what);

    [Theory]
    [MemberData(nameof(Bugs))]
    public void Is_OfWhatWaitingDoesNotMend_IsNone(string what, Exception error) => Assert.False(IndexOutage.Is(error), what);

    static PostgresException Postgres(string state) => new("a fault", "ERROR", "ERROR", state);

    static SqliteException Sqlite(int code) => new("a fault", code);
}
