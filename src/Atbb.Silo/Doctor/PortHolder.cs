using System.Globalization;
using System.Text.RegularExpressions;

namespace Atbb.Silo.Doctor;

/// <summary>Which process listens on a port, as far as Linux tells it to this user.</summary>
static partial class PortHolder
{
    const string Listening = "0A";

    static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>Its name and number; null where nobody says.</summary>
    public static string? Find(int port)
    {
        try
        {
            var sockets = Tables.Where(File.Exists).SelectMany(File.ReadLines)
                .Select(line => Row().Match(line))
                .Where(row => row.Groups["state"].Value == Listening && int.Parse(row.Groups["port"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture) == port)
                .Select(row => $"socket:[{row.Groups["inode"].Value}]")
                .ToHashSet(StringComparer.Ordinal);
            return sockets.Count == 0 ? null : Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _))
                .Where(folder => Has(folder, sockets))
                .Select(folder => $"{File.ReadAllText($"{folder}/comm").Trim()} (process {Path.GetFileName(folder)})")
                .FirstOrDefault();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    static bool Has(string process, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"{process}/fd").Any(file => new FileInfo(file).LinkTarget is { } target && sockets.Contains(target));
        }
        // Another user's, or one that has just ended.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // sl, local address:port, remote address:port, state, queues, timer, retransmits, uid, timeout, inode.
    [GeneratedRegex("""^\s*\d+: [0-9A-F]+:(?<port>[0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} (?<state>[0-9A-F]{2}) \S+ \S+ \S+\s+\d+\s+\d+ (?<inode>\d+)""")]
    private static partial Regex Row();
}
