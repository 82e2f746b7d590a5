using Atbb.AtProto;
using Atbb.AtProto.Syntax;
using Atbb.Grains;
using Atbb.Indexing.Databases;
using Atbb.Silo.Access;

namespace Atbb.Silo.Configuration;

/// <summary>What a value means, and whether the values go together. Every fault at once, each with its key.</summary>
static class SettingsCheck
{
    const int MinToken = 16;

    /// <summary>The faults of settings.</summary>
    public static IEnumerable<string> FindFaults(AtbbSettings settings) =>
        [.. Forum(settings), .. Database(settings), .. AtProto(settings), .. Backfill(settings), .. Discovery(settings), .. Admin(settings), .. Cluster(settings)];

    /// <summary>What is allowed, but not for a service on the open network.</summary>
    public static IEnumerable<string> FindWarnings(AtbbSettings settings)
    {
        if (settings.Network.AllowPrivateAddresses)
            yield return "Atbb:Network:AllowPrivateAddresses is true: DID documents, which strangers write, may lead this service to addresses of your own network. It is for tests and closed networks.";
        if (settings.Politeness.RequestsPerSecond == 0)
            yield return "Atbb:Politeness:RequestsPerSecond (BACKFILL_RATE_LIMIT) is 0: PDSes are asked without a limit, and public ones will refuse. It is for tests and closed networks.";
    }

    static IEnumerable<string> Forum(AtbbSettings settings)
    {
        var forum = settings.Forum;
        if (forum.Did.Length == 0)
            yield return "Atbb:Forum:Did (FORUM_DID): is missing. It is the DID of the account that owns the forum, such as did:plc:abc….";
        else if (!Did.TryParse(forum.Did, out _))
            yield return $"Atbb:Forum:Did (FORUM_DID): '{forum.Did}' is not a DID (did:method:id).";

        if (forum.Pds is { } pds && OriginFault(pds, settings, "https://pds.example.com") is { } fault)
            yield return $"Atbb:Forum:Pds (PDS_URL): {fault}";

        foreach (var did in forum.Dids.Where(did => !Did.TryParse(did, out _)))
            yield return $"Atbb:Forum:Dids: '{did}' is not a DID (did:method:id).";
    }

    static IEnumerable<string> Database(AtbbSettings settings)
    {
        string? fault = null;
        try
        {
            _ = DatabaseTarget.Parse(DatabaseOf(settings));
        }
        catch (FormatException e)
        {
            fault = $"Atbb:Database (DATABASE_URL): {e.Message}";
        }

        if (fault is not null)
            yield return fault;
    }

    /// <summary>The database as it is named, or the embedded one.</summary>
    public static string DatabaseOf(AtbbSettings settings) =>
        string.IsNullOrWhiteSpace(settings.Database) ? Path.Combine(settings.DataFolder, "atbb.db") : settings.Database;

    static IEnumerable<string> AtProto(AtbbSettings settings)
    {
        var options = new AtProtoOptions();
        settings.CopyTo(options);
        return options.FindFaults().Select(static fault => $"{Named(fault[..fault.IndexOf(": ", StringComparison.Ordinal)])}{fault[fault.IndexOf(": ", StringComparison.Ordinal)..]}");

        static string Named(string key) => AtbbNames.NameOf($"Atbb:{key}") is { } name ? $"Atbb:{key} ({name})" : $"Atbb:{key}";
    }

    static IEnumerable<string> Backfill(AtbbSettings settings)
    {
        var backfill = settings.Backfill;
        if (backfill.Concurrency is < 1 or > 10_000)
            yield return $"Atbb:Backfill:Concurrency (BACKFILL_CONCURRENCY): {backfill.Concurrency} is not between 1 and 10,000.";
        if (backfill.CursorMaxAgeHours is not (> 0 and <= 24 * 365))
            yield return $"Atbb:Backfill:CursorMaxAgeHours (BACKFILL_CURSOR_MAX_AGE_HOURS): {backfill.CursorMaxAgeHours} is not above 0 and at most a year.";
        if (backfill.MaxAttempts < 1)
            yield return $"Atbb:Backfill:MaxAttempts: {backfill.MaxAttempts} is less than 1.";
        if (backfill.MaxRecordsPerCollection < 1)
            yield return $"Atbb:Backfill:MaxRecordsPerCollection: {backfill.MaxRecordsPerCollection} is less than 1.";
        if (string.IsNullOrWhiteSpace(backfill.FirehoseService))
            yield return "Atbb:Backfill:FirehoseService: is empty.";

        foreach (var did in backfill.SkipDids.Where(did => !Did.TryParse(did, out _)))
            yield return $"Atbb:Backfill:SkipDids: '{did}' is not a DID (did:method:id).";
        if (settings.Forum.Did.Length > 0 && backfill.SkipDids.Contains(settings.Forum.Did))
            yield return "Atbb:Backfill:SkipDids: names the forum itself.";
        foreach (var host in backfill.SkipHosts.Where(host => !IsHost(host)))
            yield return $"Atbb:Backfill:SkipHosts: '{host}' is not a host such as pds.example.com, with a port where it is not 443.";

        (string Name, TimeSpan Value)[] times =
        [
            (nameof(backfill.CheckpointInterval), backfill.CheckpointInterval),
            (nameof(backfill.SliceDuration), backfill.SliceDuration),
            (nameof(backfill.MaxRepoTime), backfill.MaxRepoTime),
            (nameof(backfill.RetryBaseDelay), backfill.RetryBaseDelay),
            (nameof(backfill.RetryMaxDelay), backfill.RetryMaxDelay),
            (nameof(backfill.DeletionConfirmDelay), backfill.DeletionConfirmDelay),
            (nameof(backfill.StalledAfter), backfill.StalledAfter),
            (nameof(backfill.IdentityMaxAge), backfill.IdentityMaxAge),
        ];
        foreach (var (name, value) in times.Where(time => time.Value <= TimeSpan.Zero))
            yield return $"Atbb:Backfill:{name}: {value} is not above 0.";
        if (backfill.SliceDuration > TimeSpan.FromMinutes(1))
            yield return $"Atbb:Backfill:SliceDuration: {backfill.SliceDuration} is more than a minute, and a call has five with its last page.";

        if (settings.Network.TotalTimeout > BackfillOptions.LongestSlice)
            yield return $"Atbb:Network:TotalTimeout: {settings.Network.TotalTimeout} is more than {BackfillOptions.LongestSlice}, which is all that a call that reads a repository has: what took longer would never be read to its end.";

        var indexing = settings.Indexing;
        (string Name, int Value)[] counts =
        [
            (nameof(indexing.PostgreSqlLanes), indexing.PostgreSqlLanes),
            (nameof(indexing.BatchesBesideOthers), indexing.BatchesBesideOthers),
            (nameof(indexing.RecordsPerTransaction), indexing.RecordsPerTransaction),
            (nameof(indexing.BatchesPerTransaction), indexing.BatchesPerTransaction),
            (nameof(indexing.BytesPerTransaction), indexing.BytesPerTransaction),
            (nameof(indexing.RecordBytes), indexing.RecordBytes),
        ];
        foreach (var (name, value) in counts.Where(count => count.Value < 1))
            yield return $"Atbb:Indexing:{name}: {value} is less than 1.";
    }

    static IEnumerable<string> Discovery(AtbbSettings settings)
    {
        const string Section = "Atbb:Discovery";
        var discovery = settings.Discovery;
        foreach (var text in discovery.Relays)
        {
            const string Example = "https://relay1.us-east.bsky.network";
            if (!Uri.TryCreate(text, UriKind.Absolute, out var relay))
                yield return $"{Section}:Relays: '{text}' is not an origin such as {Example}.";
            else if (OriginFault(relay, settings, Example) is { } fault)
                yield return $"{Section}:Relays: {fault}";
        }

        foreach (var collection in discovery.Collections.Where(collection => !Nsid.TryParse(collection, out _)))
            yield return $"{Section}:Collections: '{collection}' is not an NSID such as space.atbb.post.";
        if (discovery.Relays.Count > 0 && discovery.Collections.Count == 0)
            yield return $"{Section}:Collections: is empty, and there are relays to be asked about some.";
        if (discovery.PageSize is < 1 or > 2_000)
            yield return $"{Section}:PageSize: {discovery.PageSize} is not between 1 and 2,000.";
        if (discovery.MaxDelay < TimeSpan.Zero || discovery.MaxDelay > TimeSpan.FromDays(1))
            yield return $"{Section}:MaxDelay: {discovery.MaxDelay} is not between 0 and a day.";
        if (discovery.MaxFound < 1)
            yield return $"{Section}:MaxFound: {discovery.MaxFound} is less than 1.";
        if (discovery.MaxRounds is < 0 or > 1_000)
            yield return $"{Section}:MaxRounds: {discovery.MaxRounds} is not between 0 and 1,000.";
    }

    /// <summary>What is wrong with the address of a host that is asked; null when nothing is.</summary>
    static string? OriginFault(Uri origin, AtbbSettings settings, string example) =>
        origin is not { Scheme: "http" or "https", PathAndQuery: "/", Fragment: "", UserInfo: "" } ? $"'{origin}' is not an origin such as {example}."
        : origin.Scheme == Uri.UriSchemeHttp && !settings.Network.AllowPrivateAddresses ? $"'{origin}' is not https; plain http needs Atbb:Network:AllowPrivateAddresses=true."
        : null;

    static IEnumerable<string> Admin(AtbbSettings settings)
    {
        var admin = settings.Admin;
        if (!Uri.TryCreate(admin.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.PathAndQuery != "/")
            yield return $"Atbb:Admin:Url: '{admin.Url}' is not an address to listen on, such as http://127.0.0.1:5080.";
        // By the words that the server listens by: a Uri takes the name "loopback" for "localhost", and the server every address for a name that it does not know.
        else if (string.IsNullOrEmpty(admin.Token) && !AdminAccess.IsLoopback(BindingAddress.Parse(admin.Url).Host))
            yield return $"Atbb:Admin:Url: without Atbb:Admin:Token nothing but loopback is listened on, and '{url.Host}' is not loopback. Set a token (openssl rand -hex 32), or listen on http://127.0.0.1:{url.Port}.";

        // The framework takes the headers away that tell of a proxy once it believes them, and everybody behind one would pass for this machine.
        if (admin.TrustForwardedHeaders && string.IsNullOrEmpty(admin.Token))
            yield return "Atbb:Admin:TrustForwardedHeaders: without Atbb:Admin:Token everybody behind the proxy would be the operator. Set a token (openssl rand -hex 32).";
        if (admin.Token is { Length: > 0 and < MinToken })
            yield return $"Atbb:Admin:Token: has fewer than {MinToken} characters; openssl rand -hex 32 makes a good one.";
    }

    static IEnumerable<string> Cluster(AtbbSettings settings)
    {
        var cluster = settings.Cluster;
        if (string.IsNullOrWhiteSpace(cluster.Id))
            yield return "Atbb:Cluster:Id: is empty.";
        if (Uri.CheckHostName(cluster.Address) is UriHostNameType.Unknown)
            yield return $"Atbb:Cluster:Address: '{cluster.Address}' is neither an IP address nor a host's name.";
        if (cluster.DetectionTime < TimeSpan.FromSeconds(4) || cluster.DetectionTime > TimeSpan.FromMinutes(10))
            yield return $"Atbb:Cluster:DetectionTime: {cluster.DetectionTime} is not between 4 s and 10 min.";
        foreach (var (name, port) in new[] { (nameof(cluster.SiloPort), cluster.SiloPort), (nameof(cluster.GatewayPort), cluster.GatewayPort) })
            if (port is < 0 or > 65_535)
                yield return $"Atbb:Cluster:{name}: {port} is not a port.";
    }

    // As it stands in a DID document's origin, and with nothing that would never be found there.
    static bool IsHost(string host) =>
        Uri.TryCreate($"https://{host}", UriKind.Absolute, out var url) && url.Authority.Equals(host, StringComparison.OrdinalIgnoreCase);
}
