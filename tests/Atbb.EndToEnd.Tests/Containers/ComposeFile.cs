using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Atbb.EndToEnd.Tests.Containers;

/// <summary>A compose file, read as <c>docker compose</c> reads it: merge keys followed, variables put in.</summary>
sealed partial class ComposeFile
{
    ComposeFile(IReadOnlyDictionary<string, ComposeService> services, IReadOnlyDictionary<string, string> secrets, IReadOnlySet<string> volumes) =>
        (Services, Secrets, Volumes) = (services, secrets, volumes);

    public IReadOnlyDictionary<string, ComposeService> Services { get; }

    /// <summary>The variable that each secret is taken from, by the secret's name.</summary>
    public IReadOnlyDictionary<string, string> Secrets { get; }

    /// <summary>The volumes that have a name.</summary>
    public IReadOnlySet<string> Volumes { get; }

    /// <summary>Reads it.</summary>
    /// <param name="text">The file.</param>
    /// <param name="environment">The variables.</param>
    public static ComposeFile Parse(string text, IReadOnlyDictionary<string, string> environment)
    {
        var root = Map(new Deserializer().Deserialize(new MergingParser(new Parser(new StringReader(Interpolate(text, environment))))));
        return new(
            Map(root["services"]).ToDictionary(service => service.Key, service => new ComposeService(Map(service.Value))),
            Map(root["secrets"]).ToDictionary(secret => secret.Key, secret => (string)Map(secret.Value)["environment"]!),
            Map(root["volumes"]).Keys.ToHashSet());
    }

    /// <summary>The variables that it asks for.</summary>
    public static IEnumerable<string> Variables(string text) => Uncommented(text).SelectMany(line => Variable().Matches(line)).Select(match => match.Groups["name"].Value);

    /// <summary>A YAML mapping; null is an empty one.</summary>
    public static IReadOnlyDictionary<string, object?> Map(object? node) => node switch
    {
        null => new Dictionary<string, object?>(),
        IDictionary<object, object?> map => map.ToDictionary(entry => (string)entry.Key, entry => entry.Value),
        _ => throw new FormatException($"'{node}' is no mapping."),
    };

    static string Interpolate(string text, IReadOnlyDictionary<string, string> environment) => string.Join('\n', Uncommented(text).Select(line => Variable().Replace(line, match =>
    {
        var (name, sign, word) = (match.Groups["name"].Value, match.Groups["sign"].Value, match.Groups["word"].Value);
        // With a colon, one that is empty counts as missing.
        var isThere = environment.TryGetValue(name, out var value) && !(sign.StartsWith(':') && value.Length == 0);
        return sign switch
        {
            _ when isThere => value!,
            "-" or ":-" => word,
            "?" or ":?" => throw new FormatException($"{name}: {word}"),
            _ => "",
        };
    })));

    static IEnumerable<string> Uncommented(string text) => text.Split('\n').Where(line => !line.TrimStart().StartsWith('#'));

    [GeneratedRegex("""\$\{(?<name>\w+)((?<sign>:?[-?])(?<word>[^}]*))?\}""")]
    private static partial Regex Variable();
}
