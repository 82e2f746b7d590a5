namespace Atbb.EndToEnd.Tests.Containers;

/// <summary>An environment file, as <c>docker compose --env-file</c> reads it.</summary>
static class EnvFile
{
    /// <summary>The variables that it sets.</summary>
    public static Dictionary<string, string> Parse(string text) => Lines(text)
        .Where(line => line[0] != '#')
        .ToDictionary(line => line[..line.IndexOf('=', StringComparison.Ordinal)], line => line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..]);

    /// <summary>The variables that it names: those it sets, and those it shows with their default in a comment.</summary>
    public static IReadOnlySet<string> Names(string text) => Lines(text)
        .Select(line => line.TrimStart('#'))
        .Where(line => line.Contains('=', StringComparison.Ordinal))
        .Select(line => line[..line.IndexOf('=', StringComparison.Ordinal)])
        .ToHashSet();

    static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
