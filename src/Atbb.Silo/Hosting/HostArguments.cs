namespace Atbb.Silo.Hosting;

/// <summary>What the framework's host is told before it reads anything.</summary>
static class HostArguments
{
    /// <summary>
    /// Configuration is read once. Watching it for changes means watching the whole working folder, where the database's files change
    /// thousands of times a second.
    /// </summary>
    public static string[] Fixed { get; } = ["--hostBuilder:reloadConfigOnChange=false"];
}
