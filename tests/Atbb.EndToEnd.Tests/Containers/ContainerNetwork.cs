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

    /// <summary>An argument of a container's command, as it has to be given to a process on this machine: other containers stand there with their ports.</summary>
    /// <param name="container">Whose command.</param>
    /// <param name="argument">The argument.</param>
    /// <param name="others">The names that it may hold.</param>
    public string Argument(string container, string argument, IEnumerable<string> others)
    {
        argument = argument.Replace("@postgres:5432", $"@{database}", StringComparison.Ordinal).Replace("0.0.0.0", AddressOf(container), StringComparison.Ordinal);
        return others.Aggregate(argument, (text, name) => Regex.Replace(text, $"""(?<=^|//){Regex.Escape(name)}(?=:\d)""", AddressOf(name)));
    }

    /// <summary>The same of a value of its environment, which may also be a name and nothing else.</summary>
    /// <inheritdoc cref="Argument"/>
    public string Variable(string container, string argument, IEnumerable<string> others) => others.Contains(argument) ? AddressOf(argument) : Argument(container, argument, others);
}
