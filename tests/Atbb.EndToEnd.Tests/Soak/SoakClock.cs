using System.Globalization;
using Atbb.Testing;

namespace Atbb.EndToEnd.Tests.Soak;

/// <summary>
/// The clock that the processes of a test go by, which may be set while they run: libfaketime answers them in the kernel's stead. What measures spans of time
/// is left alone, as it is where an operator sets a clock.
/// </summary>
sealed class SoakClock : IDisposable
{
    static readonly Lazy<string?> Found = new(FindLibrary);

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("atbb-clock-");
    readonly string setting;

    public SoakClock()
    {
        setting = Path.Combine(folder.FullName, "offset");
        Set(TimeSpan.Zero);
        Environment = new Dictionary<string, string?>
        {
            ["LD_PRELOAD"] = Found.Value ?? throw new FileNotFoundException("No libfaketime is installed, by which a test sets its processes' clock: apt-get install faketime."),
            ["FAKETIME_TIMESTAMP_FILE"] = setting,
            // The file is looked at once a second.
            ["FAKETIME_CACHE_DURATION"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            // Its correction of waits with a time limit is for an older C library; with this one every such wait would be over at once.
            ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
        };
    }

    /// <summary>Whether tests that set a clock may be skipped: there is no libfaketime, and this is somebody's own machine. With <c>CI=true</c> they fail instead.</summary>
    public static bool MayBeSkipped => Found.Value is null && !CiMachine.IsThis;

    /// <summary>What a process is started with that is to go by this clock.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; }

    /// <summary>Sets it so far ahead of the machine's, or behind.</summary>
    public void Set(TimeSpan offset)
    {
        // By another file: half a line would be read as another time.
        var next = setting + ".next";
        File.WriteAllText(next, offset.TotalSeconds.ToString("+0;-0;+0", CultureInfo.InvariantCulture));
        File.Move(next, setting, overwrite: true);
    }

    public void Dispose() => folder.Delete(recursive: true);

    static string? FindLibrary()
    {
        string[] folders = [.. Directory.Exists("/usr/lib") ? Directory.GetDirectories("/usr/lib", "*-linux-gnu") : [], "/usr/lib", "/usr/lib64", "/usr/local/lib"];
        return folders.Select(static it => Path.Combine(it, "faketime", "libfaketimeMT.so.1")).FirstOrDefault(File.Exists);
    }
}
