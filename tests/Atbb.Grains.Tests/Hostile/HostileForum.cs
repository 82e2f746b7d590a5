using Atbb.Grains.Interfaces.Runs;
using Atbb.Grains.Tests.Cluster;
using Atbb.Sample;
using Atbb.Testing.Databases;
using Atbb.Testing.Network;

namespace Atbb.Grains.Tests.Hostile;

/// <summary>
/// A forum of which each member but a few has a hostile server. All are read once while they are honest; then each repository loses its
/// oldest post and gains one, the servers turn, and all are read again, in one run.
/// </summary>
public sealed class HostileForum : IAsyncLifetime
{
    const int Honest = 3;

    readonly Dictionary<string, HostileAccount> accounts = new(StringComparer.Ordinal);
    readonly List<IAsyncDisposable> servers = [];
    ForumCluster? cluster;

    public static IReadOnlyList<HostileAnswer> Answers { get; } = [.. HostilePages.All, .. HostileTransport.All, .. HostileDirectory.All];

    /// <summary>The run that met the hostile answers.</summary>
    public RunProgress Run { get; private set; } = null!;

    /// <summary>The members with honest servers.</summary>
    public IReadOnlyList<HostileAccount> HonestAccounts { get; private set; } = [];

    public HostileAccount this[string answer] => accounts[answer];

    public async ValueTask InitializeAsync()
    {
        cluster = await ForumCluster.StartAsync(
            new() { Users = Answers.Count + Honest, PostsPerUser = 5 },
            configure: options =>
            {
                options.Concurrency = 64;
                options.MaxAttempts = 2;
                options.IdentityMaxAge = TimeSpan.FromTicks(1);
            },
            protocol: options =>
            {
                options.Network.MaxResponseBytes = 1_000_000;
                options.Network.RequestTimeout = TimeSpan.FromSeconds(2);
                (options.Politeness.DefaultPause, options.Politeness.MaxPause) = (TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(50));
            });
        await cluster.RunAsync(RunType.FullSync);
        await TurnAsync(cluster);
        Run = await cluster.RunAsync(RunType.FullSync);
        await ReadAsync(cluster);
    }

    public async ValueTask DisposeAsync()
    {
        if (cluster is not null)
            await cluster.DisposeAsync();
        foreach (var server in servers)
            await server.DisposeAsync();
    }

    async Task TurnAsync(ForumCluster cluster)
    {
        var faults = new Dictionary<string, Func<PdsRequest, PdsFault?>>(StringComparer.Ordinal);
        var before = (await IndexRows.ReadAsync(cluster.Database.Index)).ToLookup(row => row.Did, Named);
        foreach (var (repo, answer) in cluster.Forum.Users.Zip(Answers))
        {
            accounts[answer.Name] = new HostileAccount(repo, [.. before[repo.Did]]);
            var plc = cluster.Pds.Plc;
            if (answer.Fault is not null)
                faults[repo.Did] = answer.Fault;
            if (answer.HasOwnHost)
                await HostAloneAsync(repo, answer, plc);
            if (answer.Document is not null)
                Forge(plc, repo, answer.Document);
            if (answer.Script is not null || answer.Certificate is not null)
                plc.Register(repo.Did, repo.Handle, Listen(answer));
        }

        HonestAccounts = [.. cluster.Forum.Users.Skip(Answers.Count).Select(repo => new HostileAccount(repo, [.. before[repo.Did]]))];
        foreach (var repo in cluster.Forum.Users)
        {
            repo.Delete(ForumRecords.Post, repo.Records(ForumRecords.Post)[0].Rkey);
            repo.Add(ForumRecords.Post, """{"$type":"space.atbb.post","text":"new","createdAt":"2026-01-01T00:00:00Z"}""");
        }

        // Each repository is asked about alone, since the faults are those of its own methods.
        cluster.Pds.Fault = request => request.Did is { } did
            ? faults.GetValueOrDefault(did)?.Invoke(request)
            : PdsFault.Error(501, "MethodNotImplemented");
    }

    static void Forge(SamplePlc plc, SampleRepo repo, Func<string, string, string> forge)
    {
        var document = plc.Find(repo.Did)!;
        var forged = forge(repo.Did, document);
        Assert.NotEqual(document, forged);
        plc.SetDocument(repo.Did, forged);
    }

    async Task HostAloneAsync(SampleRepo repo, HostileAnswer answer, SamplePlc plc)
    {
        var pds = await SamplePds.StartAsync(plc);
        servers.Add(pds);
        pds.Host(repo);
        pds.Fault = answer.Fault;
    }

    Uri Listen(HostileAnswer answer)
    {
        var server = answer.Certificate is { } shown ? LoopbackServer.OverTls(shown, "") : new LoopbackServer(answer.Script!);
        servers.Add(server);
        return answer.Certificate is null && !answer.IsOverTls ? server.Origin : server.SecureOrigin;
    }

    async Task ReadAsync(ForumCluster cluster)
    {
        var after = (await IndexRows.ReadAsync(cluster.Database.Index)).ToLookup(row => row.Did, Named);
        foreach (var account in accounts.Values.Concat(HonestAccounts))
        {
            account.Indexed = [.. after[account.Repo.Did]];
            account.Errors = await cluster.Backfill.ListErrorsAsync(new RunErrorQuery(Run.RunId, account.Repo.Did));
            account.Status = (string?)await cluster.Database.ScalarAsync($"select status from users where did = '{account.Repo.Did}'");
            account.Handle = (string?)await cluster.Database.ScalarAsync($"select handle from users where did = '{account.Repo.Did}'");
        }
    }

    static string Named(IndexedRow row) => $"{row.Collection}/{row.Rkey} {row.Cid}";
}
