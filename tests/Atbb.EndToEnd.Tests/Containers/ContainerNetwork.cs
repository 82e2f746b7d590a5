using System.Text.RegularExpressions;

namespace Atbb.EndToEnd.Tests.Containers;

/// <summary>
/// The network between containers, on loopback: each name is an address of its own, so that every process listens on the very ports that it has in its
/// container. The database alone has another port, which is one of the tests' server.
/// </summary>
/// <param name="database">Host and port of PostgreSQL.</param>
sealed class ContainerNetwork(string database)
{
    // Test processes that run side by side have networks of their own.
    readonly string net = $"127.{64 + (Environment.ProcessId >> 8) % 128}.{Environment.ProcessId & 255}";
    readonly List<string> names = [];

    /// <summary>The address of a container.</summary>
    public string AddressOf(string name)
    {
        if (!names.Contains(name))
            names.Add(name);
        return $"{net}.{names.IndexOf(name) + 1}";
    }

    /// <summary>What a container is told, as it has to be told to a process on this machine.</summary>
    /// <param name="container">Who is told.</param>
    /// <param name="text">A value of its environment, or an argument.</param>
    /// <param name="others">The names that it may meet.</param>
    public string Translate(string container, string text, IEnumerable<string> others)
    {
        text = text.Replace("@postgres:5432", $"@{database}", StringComparison.Ordinal).Replace("0.0.0.0", AddressOf(container), StringComparison.Ordinal);
        return others.Aggregate(text, (rest, name) => Regex.Replace(rest, $"""(?<![\w.-]){Regex.Escape(name)}(?![\w.-])(?!://)""", AddressOf(name)));
    }
}
