using System.Collections.ObjectModel;
using Atbb.Bench.Contenders;
using Atbb.Bench.Forums;
using Atbb.Bench.Indexes;
using Atbb.Bench.Processes;
using Atbb.Testing.Databases;

namespace Atbb.Bench.Runs;

/// <summary>Where contenders run: the database server, and the forum of the moment on its PDS.</summary>
sealed class Track : IAsyncDisposable
{
    readonly BenchOptions options;
    readonly PostgresServer? server;
    ForumServer? forum;

    Track(BenchOptions options, PostgresServer? server) => (this.options, this.server) = (options, server);

    /// <summary>Starts the database server.</summary>
    public static async Task<Track> OpenAsync(BenchOptions options)
    {
        if (!OperatingSystem.IsLinux())
            throw new BenchException("Processor time and memory are read from /proc: this needs Linux.");
        try
        {
            // Durable: a commit that need not reach the disk costs nothing, and what saves commits would seem to save nothing.
            return new Track(options, options.Sqlite ? null : await PostgresServer.StartAsync(durable: true));
        }
        catch (PostgresMissingException e)
        {
            throw new BenchException(e.Message + " Or measure with --sqlite.");
        }
    }

    /// <summary>Starts a forum's PDS, in place of the one before.</summary>
    public async Task HostAsync(ForumSize size, CancellationToken cancellationToken)
    {
        if (forum is not null)
            await forum.DisposeAsync();
        forum = null;
        forum = await ForumServer.StartAsync(size, options.Latency, options.Seed, cancellationToken);
    }

    /// <summary>An empty database.</summary>
    public Task<BenchDatabase> CreateDatabaseAsync() => BenchDatabase.CreateAsync(server);

    /// <summary>Runs a contender, with more in its environment where some is given, and looks at what it has done.</summary>
    public async Task<Measurement> MeasureAsync(
        Contender contender, Workload workload, int round, BenchDatabase database, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? environment = null)
    {
        var folder = Directory.CreateTempSubdirectory("atbb-bench-run-");
        try
        {
            var postgres = await database.ServerProcessAsync(cancellationToken);
            await OtherProcesses.WaitUntilQuietAsync(options.WaitQuiet, cancellationToken);
            await forum!.ForgetAsync(cancellationToken);
            var (postgresBefore, pdsBefore) = (SecondsOf(postgres), ProcFile.SecondsOfTree(forum.ProcessId));
            var client = await ClientRun.ToEndAsync(contender.Program, Arguments(workload, database), environment ?? ReadOnlyDictionary<string, string>.Empty, folder.FullName, cancellationToken);
            var (postgresAfter, pdsAfter) = (SecondsOf(postgres), ProcFile.SecondsOfTree(forum.ProcessId));
            var asked = await forum.FiguresAsync(cancellationToken);
            await using var index = database.Open();
            return new Measurement
            {
                Workload = workload.Name,
                Contender = contender.Name,
                Round = round,
                Size = workload.Size,
                Client = client,
                PostgresCpuSeconds = postgresAfter - postgresBefore,
                PdsCpuSeconds = pdsAfter - pdsBefore,
                Pds = asked,
                Faults =
                [
                    .. client.Run.Faults(forum.Expected.Repos, workload.IsUnchanged ? 0 : forum.Expected.Records),
                    .. await IndexCheck.FaultsAsync(index, forum.Expected.Digests, cancellationToken),
                ],
            };
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (forum is not null)
            await forum.DisposeAsync();
        if (server is not null)
            await server.DisposeAsync();
    }

    static double SecondsOf(int? process) => process is { } id ? ProcFile.SecondsOfTree(id) : 0;

    string[] Arguments(Workload workload, BenchDatabase database) =>
    [
        "backfill", "--type", workload.IsUnchanged ? "catch_up" : "full_sync",
        "--forum", forum!.ForumDid, "--database", database.Address, "--plc", forum.Origin.GetLeftPart(UriPartial.Authority),
        .. workload.IsUnchanged ? Array.Empty<string>() : ["--dids", forum.DidsFile],
        "--set", "Network:AllowPrivateAddresses=true", "--set", "Politeness:RequestsPerSecond=0",
        .. options.Settings.SelectMany(setting => new[] { "--set", setting }),
    ];
}
