using System.CommandLine;
using System.Text.RegularExpressions;
using Atbb.Silo.Commands;

namespace Atbb.Silo.Tests.Commands;

/// <summary>The commands that the documents name in passing, against those that there are.</summary>
public partial class DocumentedCommandsTests
{
    static IEnumerable<string> Documents => Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "docs"), "*.md");

    [Fact]
    public void Commands_NamedInTheDocuments_HaveTheirOptions()
    {
        var commands = AtbbCommand.Create().Subcommands.ToDictionary(command => command.Name);

        var named = Documents.SelectMany(file => Named().Matches(File.ReadAllText(file))).ToList();

        Assert.True(named.Count > 20, $"{named.Count} were found.");
        Assert.All(named, match =>
        {
            Assert.True(commands.TryGetValue(match.Groups["name"].Value, out var command), match.Value);
            Assert.All(Option().Matches(match.Value), option => Assert.Contains(option.Value, OptionsOf(command)));
        });
    }

    [Fact]
    public void Commands_ThereAre_AreInTheDocuments()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "operate.md"));

        Assert.All(AtbbCommand.Create().Subcommands, command => Assert.Contains($"`atbb {command.Name}", page, StringComparison.Ordinal));
    }

    static IEnumerable<string> OptionsOf(Command command) => command.Options.SelectMany(option => option.Aliases.Append(option.Name)).Append("--help");

    // A name in capitals, as of a connection, is none of ours.
    [GeneratedRegex("""`atbb (?<name>[a-z][a-z-]*)(?: [^`]*)?`""")]
    private static partial Regex Named();

    [GeneratedRegex("""--[a-z][a-z-]*""")]
    private static partial Regex Option();
}
