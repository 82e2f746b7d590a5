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

    ForumServer(Process process, DirectoryInfo folder, ForumSize size, PdsStart start)
    {
        (this.process, this.folder, Size) = (process, folder, size);
        (Origin, ForumDid) = start;
    }

    public ForumSize Size { get; }

    public Uri Origin { get; }

    public string ForumDid { get; }

    /// <summary>A file of the members' DIDs.</summary>
    public string DidsFile => Path.Combine(folder.FullName, "dids.txt");

    public int ProcessId => process.Id;

    /// <summary>What an index of this forum holds.</summary>
    public Dictionary<string, string> Expected { get; private set; } = [];

    /// <summary>Starts it, and has it write as many of its repositories as it may keep.</summary>
    public static async Task<ForumServer> StartAsync(ForumSize size, int latency, int seed)
    {
        var folder = Directory.CreateTempSubdirectory("atbb-bench-forum-");
        string[] arguments =
        [
            "pds", "--users", Text(size.Users), "--posts", Text(size.Posts), "--latency", Text(latency), "--seed", Text(seed),
            "--dids", Path.Combine(folder.FullName, "dids.txt"),
        ];
        // It reads its standard input and ends with it: it does not outlive this process.
        var info = new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        ChildEnvironment.Clean(info);
        var process = Process.Start(info)!;
        var start = await ReadAsync<PdsStart>(process);
        var server = new ForumServer(process, folder, size, start);
        server.Expected = await server.AskAsync<Dictionary<string, string>>(PdsQuestion.Expected);
        return server;
    }

    /// <summary>Forgets what was asked so far.</summary>
    public Task ForgetAsync() => AskAsync<PdsFigures>(PdsQuestion.Forget);

    /// <summary>What was asked since.</summary>
    public Task<PdsFigures> FiguresAsync() => AskAsync<PdsFigures>(PdsQuestion.Figures);

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Delete(recursive: true);
    }

    async Task<T> AskAsync<T>(PdsQuestion question)
    {
        await process.StandardInput.WriteLineAsync(question.ToString());
        await process.StandardInput.FlushAsync();
        return await ReadAsync<T>(process);
    }

    static async Task<T> ReadAsync<T>(Process process) =>
        await process.StandardOutput.ReadLineAsync() is { } line
            ? JsonSerializer.Deserialize<T>(line)!
            : throw new BenchException("The sample PDS's process has ended.");

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
