using System.Text;
using System.Text.Json.Nodes;
using Atbb.EndToEnd.Tests.Truth;
using Atbb.Sample;

namespace Atbb.EndToEnd.Tests.Soak;

/// <summary>
/// A forum on several PDSes whose people write, change, delete, move, leave and come back while it is read, and whose servers fail. All
/// chance comes from one seed, drawn request by request.
/// </summary>
sealed class SoakWorld : IAsyncDisposable
{
    // Of a thousand requests, how many see somebody do something.
    const int ChangesPerThousand = 60;

    readonly Lock gate = new();
    readonly Random random;
    readonly SoakFigures figures;
    readonly SampleForum forum;
    readonly SoakAccount[] users;
    bool stormy;
    long requests;
    (long At, TaskCompletionSource Reached)? awaited;

    SoakWorld(Random random, SoakFigures figures, SampleForum forum, IReadOnlyList<SamplePds> hosts, SamplePds relay)
    {
        this.random = random;
        this.figures = figures;
        this.forum = forum;
        Hosts = hosts;
        Relay = relay;
        users =
        [
            .. from user in forum.Users.Index()
               let home = hosts[user.Index % hosts.Count]
               select new SoakAccount(user.Item, home, isListed: home != hosts[^1], PageListing.UserCollections),
        ];
        Accounts = [new SoakAccount(forum.Forum, hosts[0], isListed: true, [.. PageListing.ForumCollections, .. PageListing.UserCollections]), .. users];
        foreach (var host in hosts.Append(relay))
        {
            host.BeforeAnswer = _ => Task.Run(Arrived);
            host.Fault = _ => DrawFault();
        }
    }

    public IReadOnlyList<SamplePds> Hosts { get; }

    /// <summary>Which lists the accounts of all of them.</summary>
    public SamplePds Relay { get; }

    /// <summary>Whom an operator has had read by hand since the index was last checked. It may go on by itself, and no run counts it.</summary>
    public HashSet<string> ReadByHand { get; } = new(StringComparer.Ordinal);

    /// <summary>Rows that are there and that no run has counted, less those that are gone and that no run has removed.</summary>
    public long RowsBesideRuns { get; set; }

    /// <summary>The forum's account, and its people's.</summary>
    public IReadOnlyList<SoakAccount> Accounts { get; }

    /// <summary>DIDs that are listed and that nobody can find, with the kind of error that is due for each.</summary>
    public IReadOnlyDictionary<string, string> Ghosts { get; } = new Dictionary<string, string>
    {
        ["did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"] = "not_found",
        ["did:plc:bbbbbbbbbbbbbbbbbbbbbbbb"] = "bad_did_document",
    };

    public string ForumDid => forum.Forum.Did;

    /// <summary>All that a full sync is told of.</summary>
    public IEnumerable<string> Dids => [.. Accounts.Where(account => account.IsListed).Select(account => account.Did), .. Ghosts.Keys];

    public static async Task<SoakWorld> CreateAsync(Random random, SoakSize size, SoakFigures figures)
    {
        var forum = SampleForum.Generate(new() { Seed = random.Next(), Users = size.Repos, PostsPerUser = 6, ExtraPostsOfFirstUser = 250, ModActions = 20 });
        var plc = new SamplePlc();
        var hosts = new List<SamplePds>();
        foreach (var habits in SoakHabits.Draw(random, SoakSize.Hosts))
        {
            var host = await SamplePds.StartAsync(plc);
            habits.Teach(host);
            figures.Count($"PDS: {habits}");
            hosts.Add(host);
        }

        var relay = await SamplePds.StartAsync(plc);
        relay.Relays = hosts;
        forum.HostOn(hosts);
        plc.SetDocument("did:plc:bbbbbbbbbbbbbbbbbbbbbbbb", "{\"id\":\"did:plc:somebodyelse\"}");
        return new SoakWorld(random, figures, forum, hosts, relay);
    }

    /// <summary>Faults and changes begin or end.</summary>
    public void SetStormy(bool value)
    {
        lock (gate)
            stormy = value;
    }

    /// <summary>A draw that is part of the soak's one sequence.</summary>
    public int Next(int below)
    {
        lock (gate)
            return random.Next(below);
    }

    /// <summary>Ends when so many more requests have arrived, at all hosts together.</summary>
    public Task RequestsAsync(int more)
    {
        lock (gate)
        {
            awaited = (requests + more, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            return awaited.Value.Reached.Task;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Hosts.Append(Relay))
            await host.DisposeAsync();
    }

    void Arrived()
    {
        lock (gate)
        {
            requests++;
            figures.Count("requests");
            if (awaited is { } wait && requests >= wait.At)
                wait.Reached.TrySetResult();
            if (stormy && random.Next(1_000) < ChangesPerThousand)
                Change();
        }
    }

    PdsFault? DrawFault()
    {
        lock (gate)
        {
            if (!stormy || SoakFaults.Draw(random) is not var (name, fault))
                return null;
            figures.Count($"fault: {name}");
            return fault;
        }
    }

    void Change()
    {
        var account = users[random.Next(users.Length)];
        switch (random.Next(100))
        {
            case < 8:
                Edit(Accounts[0], ForumRecords.Board, "name");
                break;
            case < 20 when account.Fate is SoakFate.Active:
                Move(account);
                break;
            case < 35 when account.Fate is SoakFate.Active:
                SwitchOff(account);
                break;
            case < 38 when account.Fate is SoakFate.Active:
                Set(account, account.HasMoved ? SoakFate.DeletedElsewhere : SoakFate.Deleted, AccountState.Deleted);
                break;
            case < 40 when account.Fate is SoakFate.Active:
                Tombstone(account);
                break;
            // Few move, and fewer of those are drawn a second time before the next check.
            case < 50 when account is { Fate: SoakFate.Active, HasMoved: true }:
                Set(account, SoakFate.DeletedElsewhere, AccountState.Deleted);
                break;
            case < 55:
                BringBack();
                break;
            default:
                if (account.Fate is SoakFate.Active)
                    Edit(account, ForumRecords.Post, "text");
                break;
        }
    }

    void Edit(SoakAccount account, string collection, string field)
    {
        var records = account.Repo.Records(collection);
        if (records.Length == 0)
            return;

        var record = records[random.Next(records.Length)];
        var json = JsonNode.Parse(Encoding.UTF8.GetString(record.Json.Span))!;
        var what = random.Next(10);
        if (what is 0 or 1)
        {
            account.Repo.Delete(collection, record.Rkey);
            figures.Count("change: record deleted");
            return;
        }

        if (what is 2 && collection == ForumRecords.Post)
            ((JsonObject)json).Remove(field);
        else
            json[field] = $"changed {random.Next()}";

        figures.Count(what is 2 ? "change: record spoilt" : what < 6 ? "change: record written" : "change: record edited");
        account.Remember(collection, what < 6 && what is not 2
            ? account.Repo.Add(collection, json.ToJsonString())
            : account.Repo.Put(collection, record.Rkey, json.ToJsonString()));
    }

    void Move(SoakAccount account)
    {
        var others = Hosts.Where(host => host != account.Home).ToList();
        var to = others[random.Next(others.Count)];
        account.Home.Move(account.Did, to);
        account.Home = to;
        account.HasMoved = true;
        figures.Count("change: account moved");
    }

    void SwitchOff(SoakAccount account)
    {
        switch (random.Next(3))
        {
            case 0:
                Set(account, SoakFate.Deactivated, AccountState.Deactivated);
                break;
            case 1:
                Set(account, SoakFate.TakenDown, AccountState.TakenDown);
                break;
            default:
                Set(account, SoakFate.Suspended, AccountState.Suspended);
                break;
        }
    }

    void Tombstone(SoakAccount account)
    {
        account.Fate = SoakFate.Tombstoned;
        account.Home.SetState(account.Did, AccountState.Deleted);
        account.Home.Plc.Tombstone(account.Did);
        figures.Count("change: account Tombstoned");
    }

    void BringBack()
    {
        var away = users.Where(account => account.Fate is not (SoakFate.Active or SoakFate.Tombstoned)).ToList();
        if (away.Count == 0)
            return;
        var account = away[random.Next(away.Count)];
        account.Home.SetState(account.Did, AccountState.Active);
        account.Fate = SoakFate.Active;
        figures.Count("change: account back");
    }

    void Set(SoakAccount account, SoakFate fate, AccountState state)
    {
        account.Home.SetState(account.Did, state);
        account.Fate = fate;
        figures.Count($"change: account {fate}");
    }
}
