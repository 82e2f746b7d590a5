using System.Globalization;
using Atbb.Testing.Network;

namespace Atbb.EndToEnd.Tests.Processes;

/// <summary>Where one <c>atbb</c> is installed: its folder, its ports, its settings. Its processes come and go.</summary>
sealed class AtbbSite : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("atbb-site-");
    readonly string[] common;

    /// <param name="forumDid">The forum.</param>
    /// <param name="database">The index.</param>
    /// <param name="plc">The directory of did:plc.</param>
    /// <param name="settings">More settings, as <c>--set</c> takes them; over the ones that every test has.</param>
    public AtbbSite(string forumDid, string database, Uri plc, params IReadOnlyList<string> settings)
    {
        AdminPort = LoopbackPorts.Take();
        SiloPort = LoopbackPorts.Take();
        GatewayPort = LoopbackPorts.Take();
        common =
        [
            "--forum", forumDid, "--database", database, "--plc", plc.GetLeftPart(UriPartial.Authority),
            .. Set("Network:AllowPrivateAddresses", "true"),
            .. Set("Politeness:RequestsPerSecond", "0"),
            .. Set("Cluster:SiloPort", SiloPort),
            .. Set("Cluster:GatewayPort", GatewayPort),
            .. settings.SelectMany(setting => new[] { "--set", setting }),
        ];
    }

    public string Folder => folder.FullName;

    /// <summary>Variables of its processes, besides those of this one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Where <c>serve</c> listens, on loopback.</summary>
    public int AdminPort { get; }

    /// <summary>Where other silos reach this one, on loopback: by this it is known in its cluster.</summary>
    public int SiloPort { get; }

    /// <summary>Where clients are taken, on loopback.</summary>
    public int GatewayPort { get; }

    /// <summary>The command <c>backfill</c>, of a type or of the one that it chooses.</summary>
    public AtbbProcess Backfill(string? type, IEnumerable<string> dids, params IReadOnlyList<string> more)
    {
        var file = Path.Combine(Folder, "dids.txt");
        File.WriteAllLines(file, dids);
        return AtbbProcess.Start(Folder, ["backfill", .. type is null ? [] : new[] { "--type", type }, "--dids", file, .. common, .. more], Environment);
    }

    /// <summary>The command <c>backfill</c>, for what failed in a run.</summary>
    public AtbbProcess Retry(long? runId, params IReadOnlyList<string> more) =>
        AtbbProcess.Start(Folder, ["backfill", "--retry", $"{runId}", .. common, .. more], Environment);

    /// <summary>The command <c>serve</c>. It begins no run of its own accord.</summary>
    public AtbbProcess Serve(params IReadOnlyList<string> more) => ServeIn(Environment, more);

    /// <summary>The command <c>serve</c>, with these variables.</summary>
    public AtbbProcess ServeIn(IReadOnlyDictionary<string, string?> environment, params IReadOnlyList<string> more) => AtbbProcess.Start(
        Folder,
        ["serve", .. common, .. Set("Admin:Url", $"http://127.0.0.1:{AdminPort}"), .. Set("Backfill:OnStartup", "false"), .. more],
        environment);

    /// <summary>One setting as a command line gives it.</summary>
    public static string[] Set(string name, IConvertible value) => ["--set", $"{name}={value.ToString(CultureInfo.InvariantCulture)}"];

    public void Dispose() => folder.Delete(recursive: true);
}
