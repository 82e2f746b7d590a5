using System.Text.RegularExpressions;

namespace Atbb.EndToEnd.Tests.Documents;

/// <summary>A document in Markdown: what it tells to type, where it leads, and what can be led to in it.</summary>
sealed partial class Document
{
    static readonly string[] Shells = ["sh", "bash", "console"];

    readonly string text;

    Document(string path)
    {
        (Path, text) = (path, Checkout.Read(path));
        (Commands, Stray) = ReadCommands();
        Code = ReadCode();
    }

    /// <summary>Every document, by its path from the top of the repository.</summary>
    public static IReadOnlyList<Document> All { get; } =
    [
        .. new[] { Checkout.Folder, Checkout.At("docs"), Checkout.At("bench") }.SelectMany(folder => Directory.EnumerateFiles(folder, "*.md"))
            // Those of packages.
            .Concat(Directory.EnumerateFiles(Checkout.At("src"), "*.md", SearchOption.AllDirectories))
            .Select(file => System.IO.Path.GetRelativePath(Checkout.Folder, file)).Order(StringComparer.Ordinal).Select(path => new Document(path)),
    ];

    public string Path { get; }

    /// <summary>The commands, in the order of reading: those of blocks, and those in a line of text that begin with <c>curl</c>.</summary>
    public IReadOnlyList<DocumentCommand> Commands { get; }

    /// <summary>Lines that look like a command and stand in no block, where nobody would find them to run them.</summary>
    public IReadOnlyList<DocumentCommand> Stray { get; }

    /// <summary>The lines of its blocks of C#, with their numbers, in the order of reading.</summary>
    public IReadOnlyList<(int Number, string Text)> Code { get; }

    /// <summary>Lines that look like C# and stand in no block of it, where nobody would compile them.</summary>
    public IEnumerable<string> StrayCode => LooksLikeCode().Matches(text).Select(match => match.Value);

    public static Document Of(string path) => All.Single(document => document.Path == path);

    /// <summary>What is said in backquotes.</summary>
    public IEnumerable<string> Quoted => Quote().Matches(text).Select(match => match.Groups[1].Value.Replace("\\|", "|", StringComparison.Ordinal));

    /// <summary>The rows of tables, by their first cell without its backquotes.</summary>
    public IEnumerable<string> FirstCells => FirstCell().Matches(text).Select(match => match.Groups[1].Value);

    /// <summary>Where its links lead.</summary>
    public IEnumerable<string> Links => Link().Matches(Quote().Replace(text, "")).Select(match => match.Groups[1].Value);

    /// <summary>What can be led to in it, as the names that headings get.</summary>
    public IReadOnlySet<string> Anchors => Heading().Matches(text).Select(match => NotInAnchor().Replace(match.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-')).ToHashSet();

    (List<DocumentCommand> Commands, List<DocumentCommand> Stray) ReadCommands()
    {
        List<DocumentCommand> found = [], stray = [];
        string? language = null;
        var begun = "";
        foreach (var (index, line) in text.Split('\n').Index())
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                language = language is null ? line[3..].Trim() : null;
                continue;
            }

            if (language is null)
            {
                found.AddRange(Quote().Matches(line).Select(match => match.Groups[1].Value).Where(quoted => CurlInPassing().IsMatch(quoted)).Select(At));
                if (LooksLikeACommand().IsMatch(line))
                    stray.Add(At(line.Trim()));
            }
            else if (Shells.Contains(language) && line.Trim() is { Length: > 0 } typed && !typed.StartsWith('#'))
            {
                begun += typed.TrimEnd('\\');
                if (typed.EndsWith('\\'))
                    continue;
                found.Add(At(begun.StartsWith("$ ", StringComparison.Ordinal) ? begun[2..] : begun));
                begun = "";
            }

            DocumentCommand At(string command) => new(Path, index + 1, command);
        }

        return (found, stray);
    }

    List<(int Number, string Text)> ReadCode()
    {
        var code = new List<(int, string)>();
        string? language = null;
        foreach (var (index, line) in text.Split('\n').Index())
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                language = language is null ? line[3..].Trim() : null;
            else if (language is "csharp" or "cs" or "c#")
                code.Add((index + 1, line.TrimEnd('\r')));
        }

        return code;
    }

    [GeneratedRegex("""(?<!`)`([^`\n]+)`(?!`)""")]
    private static partial Regex Quote();

    // With an address: without one it is spoken of and not told.
    [GeneratedRegex("""^curl .*(http|\$)""")]
    private static partial Regex CurlInPassing();

    [GeneratedRegex("""\]\(([^)\s]+)\)""")]
    private static partial Regex Link();

    [GeneratedRegex("""^#+ (.+?)\s*$""", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("""^\| `([^`]+)` \|""", RegexOptions.Multiline)]
    private static partial Regex FirstCell();

    [GeneratedRegex("""[^\p{L}\p{Nd} _-]""")]
    private static partial Regex NotInAnchor();

    [GeneratedRegex("""^    (await |using |var \w+ = |\w+\.Services\.).*$""", RegexOptions.Multiline)]
    private static partial Regex LooksLikeCode();

    [GeneratedRegex("""^    (\$ )?(dotnet|atbb|curl|docker|kubectl|psql|git|\./|A=)\b?""")]
    private static partial Regex LooksLikeACommand();
}
