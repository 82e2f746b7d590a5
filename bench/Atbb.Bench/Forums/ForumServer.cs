using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Atbb.Bench.Processes;

namespace Atbb.Bench.Forums;

/// <summary>A forum on a sample PDS in a process of its own, so that its processor time is nobody else's.</summary>
sealed class ForumServer : IAsyncDisposable
{
    readonly Process process;
    readonly DirectoryInfo folder;

    ForumServer(Process process, DirectoryInfo folder, ForumSize size) => (this.process, this.folder, Size) = (process, folder, size);

    public ForumSize Size { get; }

    public Uri Origin { get; private set; } = null!;

    public string ForumDid { get; private set; } = "";

    /// <summary>A file of the members' DIDs.</summary>
    public string DidsFile => Path.Combine(folder.FullName, "dids.txt");

    public int ProcessId => process.Id;

    /// <summary>What an index of this forum holds.</summary>
    public ForumContents Expected { get; private set; } = null!;

    /// <summary>Starts it, and has it write as many of its repositories as it may keep.</summary>
    public static async Task<ForumServer> StartAsync(ForumSize size, int latency, int seed, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("atbb-bench-forum-");
        string[] arguments =
        [
            "pds", "--users", Text(size.Users), "--posts", Text(size.Posts), "--latency", Text(latency), "--seed", Text(seed),
            "--dids", Path.Combine(folder.FullName, "dids.txt"),
        ];
        // It reads its standard input and ends with it: it does not outlive this process.
        var info = new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        ChildEnvironment.Clean(info, folder.FullName);
        var server = new ForumServer(Process.Start(info)!, folder, size);
        try
        {
            (server.Origin, server.ForumDid) = await server.ReadAsync<PdsStart>(cancellationToken);
            server.Expected = await server.AskAsync<ForumContents>(PdsQuestion.Expected, cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Forgets what was asked so far.</summary>
    public Task ForgetAsync(CancellationToken cancellationToken) => AskAsync<PdsFigures>(PdsQuestion.Forget, cancellationToken);

    /// <summary>What was asked since.</summary>
    public Task<PdsFigures> FiguresAsync(CancellationToken cancellationToken) => AskAsync<PdsFigures>(PdsQuestion.Figures, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        // By its standard input alone it would end when it has answered, which for a large forum takes minutes; there is nothing that it has to put away.
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
        folder.Delete(recursive: true);
    }

    async Task<T> AskAsync<T>(PdsQuestion question, CancellationToken cancellationToken)
    {
        await process.StandardInput.WriteLineAsync(question.ToString().AsMemory(), cancellationToken);
        await process.StandardInput.FlushAsync(cancellationToken);
        return await ReadAsync<T>(cancellationToken);
    }

    async Task<T> ReadAsync<T>(CancellationToken cancellationToken) =>
        await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line
            ? JsonSerializer.Deserialize<T>(line)!
            : throw new BenchException("The sample PDS's process has ended.");

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
