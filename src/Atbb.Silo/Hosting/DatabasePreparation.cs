using Atbb.Indexing.Databases;

namespace Atbb.Silo.Hosting;

/// <summary>Brings the database's tables up to date before the silo needs them, and keeps a second process away from a SQLite file.</summary>
sealed partial class DatabasePreparation : IHostedLifecycleService, IDisposable
{
    readonly IndexDatabase database;
    readonly ILogger<DatabasePreparation> logger;
    FileStream? lockFile;

    public DatabasePreparation(IndexDatabase database, ILogger<DatabasePreparation> logger)
    {
        (this.database, this.logger) = (database, logger);
        if (database.Target.Kind is DatabaseKind.PostgreSql)
            _ = LookAheadAsync();
    }

    // The driver's first connection takes a quarter of a second, most of it to load its code, and the silo that is put together after this as long: they
    // go on side by side. It changes nothing, and what is wrong with the database is said where its tables are brought up to date.
    async Task LookAheadAsync() =>
        await ((Task)database.ReadSchemaAsync(CancellationToken.None)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (database.Target.Kind is DatabaseKind.Sqlite)
            lockFile = Lock(database.Target.Description);
        LogUsing(database.Target.Kind, database.Target.Description);
        await database.MigrateAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => lockFile?.Dispose();

    /// <summary>
    /// Two silos on one SQLite file would be two clusters of one, each with a run of its own. The lock is the operating system's: it goes
    /// with the process, however that ends.
    /// </summary>
    internal static FileStream Lock(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        try
        {
            return new FileStream($"{file}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new DatabaseInUseException(
                $"{file} is in use by another atbb process. End that one first, ask it (its admin address) instead, or use PostgreSQL, which several may share.", e);
        }
    }

    /// <summary>Whether a process has the file. Makes nothing where there is none.</summary>
    internal static bool IsInUse(string file)
    {
        if (!File.Exists($"{file}.lock"))
            return false;
        try
        {
            new FileStream($"{file}.lock", FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    [LoggerMessage(300, LogLevel.Information, "silo.database: the index stands in {Kind} at {Database}", EventName = "silo.database")]
    partial void LogUsing(DatabaseKind kind, string database);
}
