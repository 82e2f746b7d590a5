using System.Diagnostics;

namespace Atbb.Bench.Processes;

/// <summary>What of the caller's environment a measured process is given.</summary>
static class ChildEnvironment
{
    // What a process needs to start at all, named one by one. What is left out can set the service (Atbb__…, ConnectionStrings__…, DATABASE_URL, BACKFILL_…),
    // its host (ASPNETCORE_…, Logging__…, OTEL_…), its runtime (DOTNET_…: collector, compiler, threads) or its way to the PDS (HTTP_PROXY), and the next
    // version may read one more.
    static readonly HashSet<string> Kept = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ", "LD_LIBRARY_PATH"];

    // Where the runtime is: DOTNET_ROOT, DOTNET_ROOT_X64, …
    const string RuntimeFolder = "DOTNET_ROOT";

    // Where a process has its sockets for debuggers, and whatever it does not live to remove.
    const string TemporaryFolder = "TMPDIR";

    /// <summary>Takes everything else away, and has temporary files put into a folder that is removed afterwards.</summary>
    public static void Clean(ProcessStartInfo start, string temporary)
    {
        SetTemporary(start, temporary);
        foreach (var name in start.Environment.Keys.Where(name => !Kept.Contains(name) && name != TemporaryFolder && !name.StartsWith(RuntimeFolder, StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
    }

    /// <summary>Has temporary files put into a folder that is removed afterwards, and leaves everything else.</summary>
    public static void SetTemporary(ProcessStartInfo start, string temporary) => start.Environment[TemporaryFolder] = temporary;
}
