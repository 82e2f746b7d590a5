using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Atbb.EndToEnd.Tests.Processes;

/// <summary>The real executable as a child process. It does not outlive the test, nor the test process.</summary>
sealed class AtbbProcess : IAsyncDisposable
{
    static readonly string Program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "atbb.exe" : "atbb");

    /// <summary>Longer than anything a test waits for on a busy machine.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(120);

    /// <summary>How long a silo may take that is asked to end, as docs/operate.md promises.</summary>
    public static TimeSpan ShutdownPromise { get; } = TimeSpan.FromSeconds(10);

    /// <summary>By then it is gone from a machine that others keep busy, too. One that tries to sign off without its database takes minutes.</summary>
    public static TimeSpan ShutdownPatience { get; } = 3 * ShutdownPromise;

    readonly Process process;
    readonly StringBuilder output = new();
    readonly StringBuilder errors = new();
    readonly Task ended;

    AtbbProcess(Process process, string commandLine)
    {
        this.process = process;
        CommandLine = commandLine;
        process.OutputDataReceived += (_, line) => Keep(output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(errors, line.Data);
        StartedAt = TimeProvider.System.GetUtcNow();
        process.Start();
        Orphans.Watch(process.Id);
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        ended = EndAsync();
    }

    /// <summary>Starts <c>atbb</c>.</summary>
    /// <param name="folder">Where it runs: no settings file of this machine is found there.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="environment">Variables besides those of this process; null takes one away.</param>
    public static AtbbProcess Start(string folder, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        return Start(Program, $"atbb {string.Join(' ', arguments)}", folder, arguments, environment);
    }

    /// <summary>Starts the sample forum site.</summary>
    /// <inheritdoc cref="Start(string, IReadOnlyList{string}, IReadOnlyDictionary{string, string})"/>
    public static AtbbProcess StartSite(string folder, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> environment) =>
        Start(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Atbb.AppView.exe" : "Atbb.AppView"), $"Atbb.AppView {string.Join(' ', arguments)}", folder, arguments, environment);

    /// <summary>Starts the benchmark of whole backfills.</summary>
    /// <inheritdoc cref="Start(string, IReadOnlyList{string}, IReadOnlyDictionary{string, string})"/>
    public static AtbbProcess StartBench(string folder, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> environment) =>
        Start(Path.Combine(AppContext.BaseDirectory, "Atbb.Bench"), $"Atbb.Bench {string.Join(' ', arguments)}", folder, arguments, environment);

    /// <summary>Starts what a shell makes of a line, which has to <c>exec</c> what it starts, if anything: signals are meant for that.</summary>
    /// <inheritdoc cref="Start(string, IReadOnlyList{string}, IReadOnlyDictionary{string, string})"/>
    public static AtbbProcess StartShell(string folder, string line, IReadOnlyDictionary<string, string?> environment) => Start("sh", line, folder, ["-c", line], environment);

    static AtbbProcess Start(string program, string commandLine, string folder, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?>? environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // What this machine has set for some other atbb must not reach this one.
        foreach (var name in start.Environment.Keys.Where(IsSetting).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        return new AtbbProcess(new Process { StartInfo = start }, commandLine);
    }

    public string CommandLine { get; }

    public int Id => process.Id;

    public DateTimeOffset StartedAt { get; }

    public bool HasEnded => ended.IsCompleted;

    /// <summary>Ends when the process has ended and all it wrote is here.</summary>
    public Task Ended => ended;

    public string Output => Read(output);

    public string Errors => Read(errors);

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit status.</returns>
    public async Task<int> ExitAsync(TimeSpan? limit = null)
    {
        try
        {
            await ended.WaitAsync(limit ?? Patience, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"It did not end within {limit ?? Patience}.\n{this}");
        }

        return process.ExitCode;
    }

    /// <summary>The last line of its output, read as a run's figures.</summary>
    public RunFigures Figures()
    {
        var last = Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
        Assert.True(last?.StartsWith('{'), $"The last line of output is no JSON object.\n{this}");
        return RunFigures.Parse(last!);
    }

    /// <summary>SIGKILL: it learns nothing of it. Returns when it is gone.</summary>
    public async Task KillAsync()
    {
        if (!HasEnded)
            process.Kill(entireProcessTree: true);
        await ended;
    }

    /// <summary>Sends a signal that it may deal with.</summary>
    public async Task SignalAsync(string name) => Assert.True(await TrySignalAsync(name), $"It has ended before SIG{name}.\n{this}");

    /// <summary>Sends a signal that it may deal with.</summary>
    /// <returns>Whether it was there to be sent one.</returns>
    public async Task<bool> TrySignalAsync(string name)
    {
        using var kill = Process.Start("kill", ["-s", name, process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        return kill.ExitCode == 0;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process.Dispose();
    }

    /// <summary>What a failed test wants to show.</summary>
    public override string ToString() => $"""
        {CommandLine}
        status: {(HasEnded ? process.ExitCode : "running")}
        --- output
        {Tail(Output)}
        --- errors
        {Tail(Errors)}
        """;

    async Task EndAsync()
    {
        await process.WaitForExitAsync();
        Orphans.Forget(process.Id);
    }

    static bool IsSetting(string name) =>
        name is "DATABASE_URL" or "FORUM_DID" or "PDS_URL"
        || name.StartsWith("BACKFILL_", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("Atbb__", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("OTEL_", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("Logging__", StringComparison.OrdinalIgnoreCase);

    static void Keep(StringBuilder lines, string? line)
    {
        if (line is null)
            return;
        lock (lines)
            lines.AppendLine(line);
    }

    static string Read(StringBuilder lines)
    {
        lock (lines)
            return lines.ToString();
    }

    static string Tail(string text) => text.Length <= 6_000 ? text : "…" + text[^6_000..];
}
