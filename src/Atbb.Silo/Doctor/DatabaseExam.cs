using System.Data.Common;
using System.Net.Sockets;
using Atbb.Indexing;
using Atbb.Indexing.Databases;
using Atbb.Silo.Hosting;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Atbb.Silo.Doctor;

/// <summary>Looks at the database, and at the cluster in it. Leaves everything there as it is.</summary>
sealed class DatabaseExam(IndexDatabase database, string clusterId, TimeProvider time)
{
    const string Check = "database";
    const long SmallDisk = 1L << 30;

    /// <summary>All that there is to be said.</summary>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return database.Target.Kind is DatabaseKind.Sqlite ? await SqliteAsync(cancellationToken) : await PostgresAsync(cancellationToken);
        }
        catch (Exception e) when (e is DbException or IndexUnavailableException or IOException or UnauthorizedAccessException or TimeoutException or SocketException)
        {
            return [Finding.Problem(Check, $"{database.Target} cannot be used: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}.", AdviceOn(e))];
        }
    }

    async Task<IReadOnlyList<Finding>> PostgresAsync(CancellationToken cancellationToken)
    {
        var facts = await PostgresFacts.ReadAsync(database, time, cancellationToken);
        var schema = await database.ReadSchemaAsync(cancellationToken);
        IReadOnlyList<SiloEntry> members = schema.Applied > 0 ? await SiloEntry.ReadAsync(database, clusterId, time, cancellationToken) : [];
        var silos = Math.Max(1, members.Count(member => (SiloStatus)member.Status is SiloStatus.Active));
        return
        [
            Finding.Ok(Check, $"PostgreSQL {facts.Version} at {database.Target} answers."),
            Judge(schema),
            .. PostgresExam.Judge(facts, silos),
            .. ClusterExam.Judge(members),
        ];
    }

    async Task<IReadOnlyList<Finding>> SqliteAsync(CancellationToken cancellationToken)
    {
        var file = database.Target.Description;
        var folder = Path.GetDirectoryName(file)!;
        TryWriting(file, folder);
        if (!File.Exists(file))
            return [Finding.Ok(Check, $"{file} is not there yet: the first start makes it."), Disk(folder), Alone()];

        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        await connection.OpenAsync(cancellationToken);
        var version = await connection.ExecuteScalarAsync<string>(new CommandDefinition("select sqlite_version() from sqlite_schema limit 1", cancellationToken: cancellationToken));
        return
        [
            Finding.Ok(Check, $"SQLite {version ?? "(an empty file)"} reads {file}."),
            Judge(await database.ReadSchemaAsync(cancellationToken)),
            Disk(folder),
            Alone(),
        ];
    }

    static Finding Judge(SchemaState schema) => schema switch
    {
        { Unknown.Count: > 0 } => Finding.Problem(
            Check, $"a newer release has changed the tables: this one does not know {string.Join(", ", schema.Unknown)}.", "Start that release, or restore the backup from before it."),
        { Applied: 0 } => Finding.Ok(Check, "there are no tables yet: the first start makes them."),
        { Missing.Count: > 0 } => Finding.Warning(
            Check, $"the tables are those of an older release: {string.Join(", ", schema.Missing)} not yet applied.", "Make a backup; the next start brings them up to date."),
        _ => Finding.Ok(Check, "the tables are this release's."),
    };

    // A folder of another user's is found out here, and not at the first start. SQLite writes files beside the database, too.
    static void TryWriting(string file, string folder)
    {
        var mine = Path.Combine(Existing(folder), $".atbb-doctor-{Environment.ProcessId}");
        using (new FileStream(mine, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose))
        {
        }

        if (File.Exists(file))
            using (File.Open(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
            {
            }
    }

    static string Existing(string folder)
    {
        while (!Directory.Exists(folder))
            folder = Path.GetDirectoryName(folder) ?? "/";
        return folder;
    }

    static Finding Disk(string folder)
    {
        var there = Existing(folder);
        var free = new DriveInfo(there).AvailableFreeSpace;
        return free < SmallDisk
            ? Finding.Warning(Check, $"the disk under {there} has {free / 1024 / 1024} MiB left.", "Free some space: a full disk stops the index.")
            : Finding.Ok(Check, $"the disk under {there} has {free / 1024 / 1024 / 1024} GiB left.");
    }

    Finding Alone() => Finding.Ok(
        "cluster", DatabasePreparation.IsInUse(database.Target.Description) ? "an atbb process has the file: SQLite is for one." : "SQLite is for one process, and none has the file now.");

    string AdviceOn(Exception error) => database.Target.Kind is DatabaseKind.PostgreSql
        ? error is Npgsql.PostgresException { SqlState: "28P01" or "28000" } ? "Check user and password in DATABASE_URL."
        : error is Npgsql.PostgresException { SqlState: "3D000" } ? "Create the database, or correct its name in DATABASE_URL."
        : "Check that the server runs, and that the address in DATABASE_URL is its."
        : "Check that the file is a SQLite database, and that this user may read and write it and its folder.";
}
