namespace Atbb.Silo.Configuration;

/// <summary>The names that atBB itself uses for its environment, as names of ours.</summary>
static class AtbbNames
{
    static readonly (string AtbbName, string Key)[] Names =
    [
        ("DATABASE_URL", "Atbb:Database"),
        ("FORUM_DID", "Atbb:Forum:Did"),
        ("PDS_URL", "Atbb:Forum:Pds"),
        ("BACKFILL_RATE_LIMIT", "Atbb:Politeness:RequestsPerSecond"),
        ("BACKFILL_CONCURRENCY", "Atbb:Backfill:Concurrency"),
        ("BACKFILL_CURSOR_MAX_AGE_HOURS", "Atbb:Backfill:CursorMaxAgeHours"),
    ];

    /// <summary>The settings that an environment holds under atBB's names.</summary>
    public static Dictionary<string, string?> Read(Func<string, string?> environment)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, key) in Names)
            if (environment(name) is { Length: > 0 } value)
                settings[key] = value;

        return settings;
    }

    /// <summary>The name atBB has for a key, to be named in messages beside ours; null when it has none.</summary>
    public static string? NameOf(string key) =>
        Names.FirstOrDefault(name => name.Key.Equals(key, StringComparison.OrdinalIgnoreCase)).AtbbName;
}
