namespace Atbb.EndToEnd.Tests.Processes;

/// <summary>One <c>atbb serve</c> of several: its place, its process, its admin HTTP.</summary>
sealed class SiloProcess : IAsyncDisposable
{
    readonly AtbbSite site;

    public SiloProcess(AtbbSite site)
    {
        this.site = site;
        Process = site.Serve();
        Admin = new AdminClient(site.AdminPort);
    }

    /// <summary>The one that runs there now.</summary>
    public AtbbProcess Process { get; private set; }

    public AdminClient Admin { get; }

    /// <summary>By this it is known in its cluster.</summary>
    public int Port => site.SiloPort;

    /// <summary>Whether it has begun the run, or gone on with it.</summary>
    public bool Drives => Process.Errors.Contains("backfill.started", StringComparison.Ordinal) || Process.Errors.Contains("backfill.resuming", StringComparison.Ordinal);

    public Task ReadyAsync() => Admin.ReadyAsync(Process);

    /// <summary>Asks it to end, as whoever rolls out a new release does, and sees it go.</summary>
    public async Task EndAsync()
    {
        await Process.SignalAsync("TERM");
        Assert.Equal(0, await Process.ExitAsync(AtbbProcess.ShutdownPatience));
    }

    /// <summary>Ends it and starts another in its place, at the same addresses; returns when that one is ready.</summary>
    public async Task RestartAsync()
    {
        await EndAsync();
        await Process.DisposeAsync();
        Process = site.Serve();
        await ReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await Process.DisposeAsync();
        site.Dispose();
    }
}
