using System.Globalization;

namespace Atbb.Bench.Processes;

/// <summary>What Linux says of a process: https://man7.org/linux/man-pages/man5/proc.5.html</summary>
static class ProcFile
{
    // USER_HZ, which is 100 on every Linux that .NET runs on.
    const double TicksPerSecond = 100;

    // PF_KTHREAD
    const long KernelThread = 0x00200000;

    // Counted behind the name, which may hold spaces.
    const int Parent = 1;
    const int Flags = 6;
    const int OwnUser = 11;
    const int OwnSystem = 12;
    const int EndedUser = 13;
    const int EndedSystem = 14;

    /// <summary>Processor seconds of a process, of its children that live, and of those that have ended.</summary>
    public static double SecondsOfTree(int process)
    {
        var ticks = Ticks(process, OwnUser, OwnSystem, EndedUser, EndedSystem);
        foreach (var other in All())
            if (ParentOf(other) == process)
                ticks += Ticks(other, OwnUser, OwnSystem, EndedUser, EndedSystem);
        return ticks / TicksPerSecond;
    }

    /// <summary>
    /// Processor seconds of all processes but this one and those that it has started. Whoever ends meanwhile leaves his to the one who started him. The
    /// kernel's own threads are left out: what they do, such as writing to the disk, they do for others, and mostly for what is measured.
    /// </summary>
    public static double SecondsOfOthers()
    {
        var processes = All().Select(process => (Id: process, Fields: Fields(process))).Where(process => process.Fields is not null).ToDictionary(process => process.Id, process => process.Fields!);
        return processes.Where(process => !IsKernels(process.Value) && !IsOwn(process.Key)).Sum(process => Ticks(process.Value, OwnUser, OwnSystem, EndedUser, EndedSystem)) / TicksPerSecond;

        bool IsOwn(int process) =>
            process == Environment.ProcessId || (processes.TryGetValue(process, out var fields) && Number(fields, Parent) is > 0 and var parent && IsOwn((int)parent));
    }

    /// <summary>Processor seconds of this process's children that have ended.</summary>
    public static double SecondsOfEndedChildren() => Ticks(Environment.ProcessId, EndedUser, EndedSystem) / TicksPerSecond;

    /// <summary>The most memory that a process has had in use, in bytes; null when it has ended.</summary>
    public static long? PeakMemory(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? null : long.Parse(line["VmHWM:".Length..^"kB".Length], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return null;
        }
    }

    public static int ParentOf(int process) => Fields(process) is { } fields ? (int)Number(fields, Parent) : 0;

    static long Ticks(int process, params IEnumerable<int> of) => Fields(process) is { } fields ? Ticks(fields, of) : 0;

    static long Ticks(string[] fields, params IEnumerable<int> of) => of.Sum(at => Number(fields, at));

    static long Number(string[] fields, int at) => long.Parse(fields[at], CultureInfo.InvariantCulture);

    static bool IsKernels(string[] fields) => (Number(fields, Flags) & KernelThread) != 0;

    static IEnumerable<int> All() =>
        from folder in Directory.EnumerateDirectories("/proc")
        where int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out _)
        select int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture);

    // Null: it has ended.
    static string[]? Fields(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
