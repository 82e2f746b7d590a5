using System.Text.RegularExpressions;

namespace Atbb.AppView.Forum;

/// <summary>The words that are looked for, to find them again in what was found. The databases have their own ideas of a word; this one is for showing, and both come close.</summary>
public sealed partial class SearchWords
{
    /// <summary>How many characters of what is typed are heeded. A search costs the database by its words.</summary>
    public const int LongestQuery = 200;

    readonly HashSet<string> words;

    SearchWords(IEnumerable<string> words) => this.words = words.ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Where nothing is looked for.</summary>
    public static SearchWords None { get; } = new([]);

    /// <summary>Those in what somebody has typed.</summary>
    public static SearchWords Of(string typed) => new(Word().Matches(typed).Select(match => match.Value));

    /// <summary>Where they stand in a text, in order.</summary>
    internal IEnumerable<Match> FindIn(string text) => words.Count == 0 ? [] : Word().Matches(text).Where(match => words.Contains(match.Value));

    [GeneratedRegex("""[\p{L}\p{M}\p{N}]+""")]
    private static partial Regex Word();
}
