using Atbb.Testing.Databases;

namespace Atbb.EndToEnd.Tests.Truth;

/// <summary>What is not as it should be, collected, and shown together.</summary>
sealed class Differences
{
    const int Shown = 10;

    readonly List<string> found = [];

    public void Add(string difference) => found.Add(difference);

    /// <summary>Two values that should be equal.</summary>
    public void Compare<T>(string what, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            Add($"{what}: expected {expected}, found {actual}");
    }

    /// <summary>Rows that should be the same.</summary>
    public void Compare(IEnumerable<IndexedRow> expected, IEnumerable<IndexedRow> actual)
    {
        var missing = expected.ToDictionary(KeyOf);
        foreach (var row in actual)
        {
            if (!missing.Remove(KeyOf(row), out var wanted))
                Add($"too many: {KeyOf(row)}");
            else if (wanted.Cid != row.Cid)
                Add($"old content: {KeyOf(row)}: expected {wanted.Cid}, found {row.Cid}");
            else if (wanted.Json != row.Json)
                Add($"other JSON: {KeyOf(row)}: expected {Short(wanted.Json)}, found {Short(row.Json)}");
        }

        foreach (var key in missing.Keys)
            Add($"missing: {key}");
    }

    /// <summary>Fails the test if there are any.</summary>
    public void AssertNone(string context)
    {
        if (found.Count == 0)
            return;
        var more = found.Count > Shown ? $"\n… and {found.Count - Shown} more" : "";
        Assert.Fail($"{found.Count} differences:\n{string.Join('\n', found.Take(Shown))}{more}\n{context}");
    }

    static string KeyOf(IndexedRow row) => $"at://{row.Did}/{row.Collection}/{row.Rkey}";

    static string Short(string json) => json.Length <= 300 ? json : json[..300] + "…";
}
