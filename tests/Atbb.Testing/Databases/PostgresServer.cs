using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Atbb.Testing.Network;
using Npgsql;

namespace Atbb.Testing.Databases;

/// <summary>A real PostgreSQL server of this test process alone: its own folder, loopback, a free port.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    // The server is a child of a shell that reads its standard input, which nobody writes to. When the test process ends, however it
    // ends, the pipe closes, and the shell stops the server and removes its folder.
    const string Watchdog = """
        "$1/postgres" -D "$2" -p "$3" >>"$2/server.log" 2>&1 &
        server=$!
        read -r word
        kill -QUIT $server 2>/dev/null
        wait $server
        if [ "$word" != keep ]; then rm -rf "$2"; fi
        """;

    static readonly Lazy<Task<PostgresServer>> Shared = new(() => StartAsync(durable: false));

    readonly string folder;
    readonly string password;
    readonly int port;
    Process? process;
    int databases;

    PostgresServer(string folder, string password, int port) => (this.folder, this.password, this.port) = (folder, password, port);

    /// <summary>
    /// Whether tests of PostgreSQL may be skipped: there is none, and this is somebody's own machine. With <c>CI=true</c> they fail instead.
    /// </summary>
    public static bool MayBeSkipped => PostgresPrograms.Folder is null && !CiMachine.IsThis;

    /// <summary>The server all tests of this process share. Fast, and not for tests that pull its plug.</summary>
    public static Task<PostgresServer> SharedAsync() => Shared.Value;

    /// <summary>Starts a server.</summary>
    /// <param name="durable">Whether a commit is on the disk when it is answered, as in production; for tests that crash the server.</param>
    /// <exception cref="PostgresMissingException">There is none to start.</exception>
    public static async Task<PostgresServer> StartAsync(bool durable)
    {
        var programs = PostgresPrograms.Folder ?? throw new PostgresMissingException();
        var folder = Path.Combine(Path.GetTempPath(), "atbb-postgres-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)));
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
        var passwordFile = folder + ".password";
        await File.WriteAllTextAsync(passwordFile, password);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(passwordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        try
        {
            await PostgresPrograms.RunAsync(PostgresPrograms.Start(
                Path.Combine(programs, "initdb"),
                "-D", folder, "-U", "postgres", "--auth=scram-sha-256", "--pwfile", passwordFile, "--encoding=UTF8", "--locale=C", "--no-sync"));
        }
        finally
        {
            File.Delete(passwordFile);
        }

        // By the folder's owner, who may be another user.
        await PostgresPrograms.RunAsync(PostgresPrograms.Start("sh", "-c", """printf '%s\n' "$2" >>"$1/postgresql.conf" """, "sh", folder, Settings(durable)));
        var server = new PostgresServer(folder, password, LoopbackPorts.Take());
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Makes an empty database, or a copy of another one that nobody is connected to.</summary>
    /// <returns>Its URL.</returns>
    public async Task<string> CreateDatabaseAsync(string? template = null)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref databases)}");
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"create database {name} template {template ?? "template0"}", connection);
        for (var tried = 1; ; tried++)
        {
            try
            {
                await command.ExecuteNonQueryAsync();
                return Url(name);
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.ObjectInUse && tried < 10)
            {
                // The server has waited some seconds already for whoever has just left the template to be gone.
            }
        }
    }

    /// <summary>The URL of a database.</summary>
    public string Url(string database) => string.Create(CultureInfo.InvariantCulture, $"postgresql://postgres:{password}@127.0.0.1:{port}/{database}");

    /// <summary>Writes a database out as statements that a driver can run.</summary>
    public static async Task<string> DumpAsync(string url)
    {
        var dump = PostgresPrograms.Start(Path.Combine(PostgresPrograms.Folder!, "pg_dump"), "--inserts", "--no-owner", "--no-privileges", url);
        using var process = Process.Start(dump)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var statements = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"pg_dump ended with {process.ExitCode}: {await errors}");

        // What begins with a backslash is for psql.
        return string.Join('\n', statements.Split('\n').Where(line => !line.StartsWith('\\')));
    }

    /// <summary>Stops the server as a crash would: no connection is told, nothing is written out.</summary>
    public async Task CrashAsync()
    {
        await PostgresPrograms.RunAsync(PostgresPrograms.Start(
            Path.Combine(PostgresPrograms.Folder!, "pg_ctl"), "stop", "-D", folder, "-m", "immediate", "-w"));
        NpgsqlConnection.ClearAllPools();
    }

    /// <summary>Starts the server on the same folder and port, after a crash.</summary>
    public async Task StartAgainAsync()
    {
        if (process is not null)
        {
            // The folder is still needed: the watchdog of the crashed server is to leave it.
            await process.StandardInput.WriteLineAsync("keep");
            await DisposeAsync();
        }

        process = Process.Start(PostgresPrograms.StartDetached(
            "sh", "-c", Watchdog, "sh", PostgresPrograms.Folder!, folder, port.ToString(CultureInfo.InvariantCulture)))!;
        await ReadyAsync();
    }

    /// <summary>Stops the server and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (process is null)
            return;

        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    static string Settings(bool durable) => $"""
        listen_addresses = '127.0.0.1'
        unix_socket_directories = ''
        max_connections = 300
        shared_buffers = 128MB
        fsync = {(durable ? "on" : "off")}
        synchronous_commit = {(durable ? "on" : "off")}
        full_page_writes = {(durable ? "on" : "off")}
        log_min_messages = error
        """;

    async Task ReadyAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
                await connection.OpenAsync(limit.Token);
                return;
            }
            catch (NpgsqlException e) when (!limit.IsCancellationRequested)
            {
                if (process!.HasExited)
                    throw new InvalidOperationException("PostgreSQL did not start; see server.log in " + folder, e);
                await Task.Delay(50, limit.Token);
            }
        }
    }

    string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Username = "postgres",
        Password = password,
        Database = database,
        // In seconds. A machine that many tests keep busy takes longer for it than one in service.
        Timeout = 60,
    }.ConnectionString;
}
