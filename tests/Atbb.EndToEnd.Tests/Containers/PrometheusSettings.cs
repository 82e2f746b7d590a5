using YamlDotNet.Serialization;

namespace Atbb.EndToEnd.Tests.Containers;

/// <summary>Whom Prometheus asks, where, and with what.</summary>
/// <param name="Targets">Host and port of each.</param>
/// <param name="Path">The path.</param>
/// <param name="TokenFile">The file that has the token.</param>
sealed record PrometheusSettings(IReadOnlyList<string> Targets, string Path, string TokenFile)
{
    public static PrometheusSettings Read()
    {
        var settings = ComposeFile.Map(new Deserializer().Deserialize(Checkout.Read("deploy/prometheus/prometheus.yml")));
        var scrape = ComposeFile.Map(((IList<object>)settings["scrape_configs"]!).Single());
        return new(
            [.. ((IList<object>)scrape["static_configs"]!).SelectMany(some => (IList<object>)ComposeFile.Map(some)["targets"]!).Cast<string>()],
            (string?)scrape.GetValueOrDefault("metrics_path") ?? "/metrics",
            (string)ComposeFile.Map(scrape["authorization"])["credentials_file"]!);
    }
}
