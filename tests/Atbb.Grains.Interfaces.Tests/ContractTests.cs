using System.Reflection;
using Atbb.Grains.Interfaces.Repos;
using Atbb.Grains.Interfaces.Runs;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Atbb.Grains.Interfaces.Tests;

/// <summary>What an AppView of yesterday and a silo of tomorrow must agree on.</summary>
public class ContractTests
{
    static readonly Assembly Contracts = typeof(IBackfillGrain).Assembly;

    static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.FromHours(2));

    static readonly Serializer Serializer = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    static IEnumerable<Type> Messages => Contracts.GetTypes()
        // Not what Orleans generates beside them.
        .Where(type => type.Namespace!.StartsWith("Atbb.", StringComparison.Ordinal) && type.GetCustomAttributes<GenerateSerializerAttribute>().Any());

    static IEnumerable<Type> Grains => Contracts.GetTypes().Where(type => type.IsInterface && type.IsAssignableTo(typeof(IGrain)));

    public static TheoryData<object> Values => new()
    {
        new BackfillDecision(DecisionOutcome.CatchUp, DecisionReason.CursorTooOld, TimeSpan.FromHours(40), TimeSpan.FromHours(36), "none"),
        new StartResult(StartOutcome.AlreadyRunning, 7, RunType.FullSync, null, "wait", IsRepeat: true),
        new SyncCounts(1, 2, 3, 4, 5, 6, 7),
        new RunProgress
        {
            RunId = 1,
            Type = RunType.CatchUp,
            Status = RunStatus.Paused,
            Phase = RunPhase.Users,
            DidsDone = 2,
            DidsTotal = 3,
            InFlight = 4,
            Deferred = 5,
            NextAttemptAt = Now,
            Counts = new SyncCounts(1, 2, 3, 4, 5, 6, 7),
            RecordsPerSecond = 8.5,
            Remaining = TimeSpan.FromMinutes(9),
            StartedAt = Now,
            FinishedAt = Now,
            LowWaterMark = "did:plc:a",
            LastError = "none",
        },
        new RunErrorQuery(1, "did:plc:a", "bad_date", 2, 3),
        new OpenErrorQuery("did:plc:a", "bad_date", 2, 3),
        new RunError(1, "did:plc:a", "c", "at://did:plc:a/c/r", "bafy", "bad_date", "yesterday", 2, Now),
        new ParkedRepo("did:plc:a", "pds.example", "down", 3, Now),
        new RepoCursor("space.atbb.post", "c", true, "3jzfcijpj2z2a"),
        new RepoSlice(new RepoOutcome.Parked(Now, "down", 3, "pds.example"), new SyncCounts(1, 2, 3, 4, 5, 6, 7)),
        new RepoSlice(new RepoOutcome.Gone("takendown", "said so"), default),
        new RepoSlice(new RepoOutcome.GivenUp("down"), default),
        new RepoSlice(new RepoOutcome.More(), default),
        new RepoSlice(new RepoOutcome.Completed(), default),
        new RepoSlice(new RepoOutcome.Unchanged(), default),
        new RepoReport
        {
            Did = "did:plc:a",
            Handle = "a.example",
            Pds = "https://pds.example",
            Status = "active",
            Rev = "3jzfcijpj2z2a",
            RunId = 1,
            IsSettled = true,
            Counts = new SyncCounts(1, 2, 3, 4, 5, 6, 7),
            Attempts = 2,
            RetryAfter = Now,
            LastError = "none",
            SyncedAt = Now,
        },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Messages_ThereAndBack_AreTheSame(object value) =>
        Assert.Equal(value, Serializer.Deserialize<object>(Serializer.SerializeToArray(value)));

    public static TheoryData<Exception> Exceptions => [new IndexUnreachableException("down"), new AnotherForumException("not this one")];

    [Theory]
    [MemberData(nameof(Exceptions))]
    public void Exception_ThereAndBack_KeepsItsTypeAndMessage(Exception thrown)
    {
        var back = Serializer.Deserialize<object>(Serializer.SerializeToArray<object>(thrown));

        Assert.Equal((thrown.GetType(), thrown.Message), (back!.GetType(), ((Exception)back).Message));
    }

    [Fact]
    public void Start_WithDids_KeepsThem()
    {
        var back = Serializer.Deserialize<StartRequest>(Serializer.SerializeToArray(new StartRequest { Force = RunType.FullSync, Dids = ["did:plc:a"] }));

        Assert.Equal(RunType.FullSync, back!.Force);
        Assert.Equal(["did:plc:a"], back.Dids);
    }

    [Fact]
    public void Types_OnTheWire_HaveNamesThatOutliveARename()
    {
        var aliases = Messages.Concat(Grains).Select(type => (type, alias: type.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias)).ToList();

        Assert.NotEmpty(aliases);
        Assert.All(aliases, named => Assert.True(named.alias is not null, $"{named.type} has no [Alias]"));
        Assert.Equal(aliases.Count, aliases.Select(named => named.alias).Distinct().Count());
    }

    [Fact]
    public void Members_OfMessages_HaveAnIdEach()
    {
        foreach (var type in Messages.Where(type => !type.IsEnum && !type.IsAssignableTo(typeof(Exception))))
        {
            var stored = type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(property => property.CanWrite).ToList();
            var ids = stored.Select(property => property.GetCustomAttribute<IdAttribute>()?.Id).ToList();

            Assert.True(ids.TrueForAll(id => id is not null), $"{type}: a property without [Id] does not travel");
            Assert.Equal(ids.Count, ids.Distinct().Count());
        }
    }

    /// <summary>The dashboard's grain details call every method without parameters.</summary>
    [Fact]
    public void Methods_ThatChangeSomething_TakeAParameter()
    {
        string[] harmless =
            [nameof(IBackfillGrain.DecideAsync), nameof(IBackfillGrain.GetProgressAsync), nameof(IBackfillGrain.JudgeIndexAsync), nameof(IUserRepoGrain.GetStateAsync)];

        var bare = Grains.SelectMany(grain => grain.GetMethods()).Where(method => method.GetParameters().Length == 0).Select(method => method.Name);

        Assert.Equal(harmless.Order(), bare.Order());
    }

    [Fact]
    public void Assembly_ForAnAppView_BringsOrleansAlone() =>
        Assert.All(
            Contracts.GetReferencedAssemblies().Select(assembly => assembly.Name!),
            name => Assert.True(name.StartsWith("System", StringComparison.Ordinal) || name.StartsWith("Orleans", StringComparison.Ordinal)
                || name is "netstandard" || name.StartsWith("Microsoft.Extensions", StringComparison.Ordinal), name));
}
