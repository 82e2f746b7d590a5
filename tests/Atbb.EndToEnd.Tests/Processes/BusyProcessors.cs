namespace Atbb.EndToEnd.Tests.Processes;

/// <summary>Another program that wants every processor of this machine all the time.</summary>
sealed class BusyProcessors : IAsyncDisposable
{
    readonly List<AtbbProcess> loops =
        [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => AtbbProcess.StartShell(Path.GetTempPath(), "while :; do :; done", new Dictionary<string, string?>()))];

    public async ValueTask DisposeAsync()
    {
        foreach (var loop in loops)
            await loop.DisposeAsync();
    }
}
