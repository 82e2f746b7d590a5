using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Atbb.EndToEnd.Tests.Containers;

/// <summary>
/// What the Compose Specification admits, as far as our file goes: a key that is not listed here is misspelt, or has to be looked up and added. <c>docker compose</c>
/// refuses the file for the same faults, which nobody sees before it is there.
/// </summary>
static class ComposeSchema
{
    static readonly Shape Text = Is<string>("no text");
    static readonly Shape Flag = Is<bool>("not true or false");
    static readonly Shape Texts = static (at, node) => node is IList<object?> list && list.All(item => item is string) ? [] : [$"{at}: is no list of texts"];
    static readonly Shape UniqueTexts = static (at, node) => node is IList<object?> list && list.Distinct().Count() < list.Count ? [$"{at}: says something twice"] : Texts(at, node);
    static readonly Shape Number = static (at, node) => node is byte or short or int or long or float or double ? [] : [$"{at}: is no number"];
    static readonly Shape Single = static (at, node) => node is System.Collections.ICollection ? [$"{at}: is no single value"] : [];

    static readonly Shape File = Map(
        ("services", MapOf(Map(
            ("image", Text),
            ("build", TextOr(Map(("context", Text), ("dockerfile", Text), ("target", Text)))),
            ("pull_policy", Text),
            ("command", TextOr(Texts)),
            ("hostname", Text),
            ("profiles", UniqueTexts),
            ("environment", MapOf(Single)),
            ("ports", UniqueTexts),
            ("volumes", UniqueTexts),
            ("secrets", UniqueTexts),
            ("restart", Text),
            ("stop_grace_period", Text),
            ("shm_size", Single),
            ("cap_drop", UniqueTexts),
            ("security_opt", UniqueTexts),
            ("depends_on", ListOr(UniqueTexts, MapOf(Map(
                ("condition!", OneOf("service_started", "service_healthy", "service_completed_successfully")),
                ("required", Flag),
                ("restart", Flag))))),
            ("healthcheck", Map(("test", TextOr(Texts)), ("interval", Text), ("timeout", Text), ("start_period", Text), ("retries", Number), ("disable", Flag)))))),
        ("secrets", MapOf(Map(("environment", Text), ("file", Text)))),
        ("volumes", MapOf(Single)));

    delegate IEnumerable<string> Shape(string at, object? node);

    /// <summary>The faults of a file.</summary>
    public static IEnumerable<string> FindFaults(string text)
    {
        // "false" is a flag and 10 a number, unless there are quotation marks.
        var reader = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();
        return File("", reader.Deserialize(new MergingParser(new Parser(new StringReader(text)))));
    }

    static Shape Is<T>(string fault) => (at, node) => node is T ? [] : [$"{at}: is {fault}"];

    static Shape OneOf(params string[] words) => (at, node) => words.Contains(node) ? [] : [$"{at}: is none of {string.Join(", ", words)}"];

    static Shape TextOr(Shape other) => (at, node) => node is string ? [] : other(at, node);

    static Shape ListOr(Shape list, Shape other) => (at, node) => (node is IList<object?> ? list : other)(at, node);

    static Shape MapOf(Shape value) => (at, node) => node is IDictionary<object, object?> map
        ? map.SelectMany(entry => value(Below(at, entry.Key), entry.Value))
        : [$"{at}: is no mapping"];

    // An exclamation mark: it must not be left out.
    static Shape Map(params (string Name, Shape Shape)[] keys)
    {
        var known = keys.ToDictionary(key => key.Name.TrimEnd('!'), key => key.Shape);
        return (at, node) => node is IDictionary<object, object?> map
            ?
            [
                .. map.SelectMany(entry => known.TryGetValue($"{entry.Key}", out var shape) ? shape(Below(at, entry.Key), entry.Value)
                    // What begins so is the file's own.
                    : $"{entry.Key}".StartsWith("x-", StringComparison.Ordinal) ? [] : [$"{Below(at, entry.Key)}: is not known"]),
                .. keys.Where(key => key.Name.EndsWith('!') && !map.ContainsKey(key.Name.TrimEnd('!'))).Select(key => $"{Below(at, key.Name.TrimEnd('!'))}: is missing"),
            ]
            : [$"{at}: is no mapping"];
    }

    static string Below(string at, object key) => at.Length == 0 ? $"{key}" : $"{at}.{key}";
}
