namespace Atbb.EndToEnd.Tests.Containers;

/// <summary>One service of a compose file.</summary>
sealed class ComposeService(IReadOnlyDictionary<string, object?> node)
{
    public string? Image => (string?)node.GetValueOrDefault("image");

    /// <summary>Whether its image is built here.</summary>
    public bool IsBuilt => node.ContainsKey("build");

    /// <summary>The stage of the Dockerfile that it is built of; null: the last one.</summary>
    public string? Target => node.GetValueOrDefault("build") is IDictionary<object, object?> build && build.TryGetValue("target", out var target) ? (string?)target : null;

    /// <summary>Whether its image is never looked for elsewhere.</summary>
    public bool IsFromHere => (string?)node.GetValueOrDefault("pull_policy") == "never";

    public string? HostName => (string?)node.GetValueOrDefault("hostname");

    public IReadOnlyList<string> Command => List("command");

    public IReadOnlyList<string> Ports => List("ports");

    public IReadOnlyList<string> Profiles => List("profiles");

    public IReadOnlyList<string> Secrets => List("secrets");

    /// <summary>What is mounted: source, target, mode.</summary>
    public IReadOnlyList<string[]> Mounts => [.. List("volumes").Select(volume => volume.Split(':'))];

    public IReadOnlyDictionary<string, string> Environment =>
        ComposeFile.Map(node.GetValueOrDefault("environment")).ToDictionary(variable => variable.Key, variable => (string?)variable.Value ?? "");

    /// <summary>Whom it waits for.</summary>
    public IEnumerable<string> DependsOn => node.GetValueOrDefault("depends_on") is IList<object?> list ? list.Cast<string>() : ComposeFile.Map(node.GetValueOrDefault("depends_on")).Keys;

    /// <summary>The command of its health check, after <c>CMD</c>; empty where it has none of its own, or one for a shell.</summary>
    public IReadOnlyList<string> HealthCommand =>
        ComposeFile.Map(node.GetValueOrDefault("healthcheck")).GetValueOrDefault("test") is IList<object?> test && (string?)test[0] == "CMD" ? [.. test.Skip(1).Cast<string>()] : [];

    /// <summary>Whether it says how it is looked after, if only that nothing is to be asked.</summary>
    public bool HasHealthCheck => ComposeFile.Map(node.GetValueOrDefault("healthcheck")) is { Count: > 0 };

    /// <summary>How long it may take to end.</summary>
    public TimeSpan StopGracePeriod => TimeSpan.FromSeconds(int.Parse(((string)node["stop_grace_period"]!).TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture));

    IReadOnlyList<string> List(string key) => node.GetValueOrDefault(key) is IList<object?> list ? [.. list.Cast<string>()] : [];
}
