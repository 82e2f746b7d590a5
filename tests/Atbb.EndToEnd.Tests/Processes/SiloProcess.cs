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

    public AtbbProcess Process { get; }

    public AdminClient Admin { get; }

    /// <summary>By this it is known in its cluster.</summary>
    public int Port => site.SiloPort;

    /// <summary>Whether it has begun the run, or gone on with it.</summary>
    public bool Drives => Process.Errors.Contains("backfill.started", StringComparison.Ordinal) || Process.Errors.Contains("backfill.resuming", StringComparison.Ordinal);

    public Task ReadyAsync() => Admin.ReadyAsync(Process);

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await Process.DisposeAsync();
        site.Dispose();
    }
}
