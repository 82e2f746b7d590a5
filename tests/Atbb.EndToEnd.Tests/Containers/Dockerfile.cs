using System.Text.Json;
using System.Text.RegularExpressions;

namespace Atbb.EndToEnd.Tests.Containers;

/// <summary>A Dockerfile: its instructions, with their continuations joined.</summary>
sealed partial class Dockerfile
{
    readonly IReadOnlyList<(string Name, string Text)> instructions;

    Dockerfile(IReadOnlyList<(string Name, string Text)> instructions) => this.instructions = instructions;

    public static Dockerfile Parse(string text) => new(
    [
        .. Continued().Replace(string.Join('\n', text.Split('\n').Where(line => !line.StartsWith('#'))), " ")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => (line.Split(' ')[0], line[line.IndexOf(' ', StringComparison.Ordinal)..].Trim())),
    ]);

    /// <summary>What is made of it where a stage is asked for by its name.</summary>
    public Dockerfile Target(string stage)
    {
        var begin = instructions.ToList().FindIndex(instruction => instruction.Name == "FROM" && instruction.Text.EndsWith($" AS {stage}", StringComparison.Ordinal));
        return new([.. instructions.Take(begin + 1), .. instructions.Skip(begin + 1).TakeWhile(instruction => instruction.Name != "FROM")]);
    }

    /// <summary>What stands after each instruction of that name, over all stages.</summary>
    public IEnumerable<string> All(string name) => instructions.Where(instruction => instruction.Name == name).Select(instruction => instruction.Text);

    /// <summary>The instructions of the last stage: those that the image keeps.</summary>
    public IEnumerable<string> Last(string name) =>
        instructions.Skip(instructions.ToList().FindLastIndex(instruction => instruction.Name == "FROM")).Where(instruction => instruction.Name == name).Select(instruction => instruction.Text);

    public IReadOnlyList<string> EntryPoint => Words(Last("ENTRYPOINT").Single());

    public IReadOnlyList<string> HealthCommand => Words(Last("HEALTHCHECK").Single() is var check ? check[(check.IndexOf("CMD", StringComparison.Ordinal) + 3)..] : "");

    /// <summary>The variables that every container of the image begins with.</summary>
    public IReadOnlyDictionary<string, string> Environment => Last("ENV").ToDictionary(line => line.Split('=')[0], line => line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..]);

    static string[] Words(string json) => JsonSerializer.Deserialize<string[]>(json)!;

    [GeneratedRegex("""\\\n\s*""")]
    private static partial Regex Continued();
}
