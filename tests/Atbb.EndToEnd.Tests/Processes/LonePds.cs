using Atbb.Testing.Network;
using Atbb.Testing.RealPds;

namespace Atbb.EndToEnd.Tests.Processes;

/// <summary>A reference PDS in a process of its own, with its rate limits on: it can be stopped and killed, and comes back with what it had.</summary>
sealed class LonePds : IAsyncDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("atbb-lone-pds-");
    readonly string command;
    AtbbProcess? process;

    LonePds(RealPdsFixture pdses)
    {
        var port = LoopbackPorts.Take();
        command = pdses.CommandFor(folder.FullName, port);
        Origin = new Uri($"http://127.0.0.1:{port}");
    }

    public Uri Origin { get; }

    /// <summary>Starts one that uses the fixture's directory.</summary>
    public static async Task<LonePds> StartAsync(RealPdsFixture pdses)
    {
        var pds = new LonePds(pdses);
        await pds.StartAgainAsync();
        return pds;
    }

    /// <summary>Starts it where it was, and waits until it answers.</summary>
    public async Task StartAgainAsync()
    {
        var started = process = AtbbProcess.StartShell(folder.FullName, command, new Dictionary<string, string?>());
        await Poll.UntilAsync(
            _ => Task.FromResult(started.HasEnded || started.Output.Contains(Origin.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal) ? "" : null),
            AtbbProcess.Patience, () => $"a PDS.\n{started}");
        Assert.False(started.HasEnded, $"{started}");
    }

    /// <summary>SIGKILL. Returns when it is gone.</summary>
    public async Task KillAsync()
    {
        if (process is not null)
            await process.DisposeAsync();
        process = null;
    }

    public Task SignalAsync(string name) => process!.SignalAsync(name);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        folder.Delete(recursive: true);
    }

    public override string ToString() => process?.ToString() ?? "No PDS is running.";
}
