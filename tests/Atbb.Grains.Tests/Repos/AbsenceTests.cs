using System.Collections.Immutable;
using Atbb.Grains.Repos;
using Atbb.Indexing.Repos;

namespace Atbb.Grains.Tests.Repos;

public class AbsenceTests
{
    static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    static readonly TimeSpan Delay = TimeSpan.FromSeconds(10);

    static readonly RepoState NeverRead = new() { Did = "did:plc:a", Pds = "https://pds.example" };

    static readonly RepoState ReadHere = NeverRead with
    {
        Status = RepoStatus.Active,
        SyncedAt = Now.AddDays(-1),
        Collections = ImmutableDictionary<string, CollectionState>.Empty.Add("c", new CollectionState { Collection = "c", Rev = "r" }),
    };

    // A move clears what the old PDS said.
    static readonly RepoState ReadElsewhere = ReadHere with { Collections = ReadHere.Collections.Clear() };

    public static TheoryData<string, RepoState, int?, object> Cases => new()
    {
        { "read here, just denied", ReadHere, null, new RepoVerdict.Unconfirmed(Now + Delay) },
        { "read here, asked again too soon", ReadHere, 9, new RepoVerdict.Unconfirmed(Now.AddSeconds(1)) },
        { "read here, denied twice", ReadHere, 10, new RepoVerdict.Gone(RepoStatus.Deleted) },
        { "read here and switched off, denied twice", ReadHere with { Status = RepoStatus.Deactivated }, 10, new RepoVerdict.Gone(RepoStatus.Deleted) },
        { "never read, just denied", NeverRead, null, new RepoVerdict.Unconfirmed(Now + Delay) },
        { "never read, denied twice", NeverRead, 10, new RepoVerdict.Gone(RepoStatus.Deleted) },
        { "read from another PDS alone", ReadElsewhere, 10, new RepoVerdict.Gone(RepoStatus.NotFound) },
        { "known to be deleted", NeverRead with { Status = RepoStatus.Deleted }, null, new RepoVerdict.Gone(RepoStatus.Deleted) },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Judge_ByWhatWasReadThere_RemovesOnlyWhatWasDeniedTwice(string why, RepoState repo, int? secondsSinceDenied, object verdict) =>
        Assert.True(verdict.Equals(Absence.Judge(repo, secondsSinceDenied is { } s ? TimeSpan.FromSeconds(s) : null, Now, Delay)), why);

    public static TheoryData<string, RepoState, int?, object> Tombstones => new()
    {
        { "just said", ReadHere, null, new RepoVerdict.Unconfirmed(Now + Delay) },
        { "said again too soon", ReadHere, 9, new RepoVerdict.Unconfirmed(Now.AddSeconds(1)) },
        { "said twice", ReadHere, 10, new RepoVerdict.Gone(RepoStatus.Deleted) },
        { "read from another PDS alone, said twice", ReadElsewhere, 10, new RepoVerdict.Gone(RepoStatus.Deleted) },
        { "known to be deleted", NeverRead with { Status = RepoStatus.Deleted }, null, new RepoVerdict.Gone(RepoStatus.Deleted) },
    };

    [Theory]
    [MemberData(nameof(Tombstones))]
    public void JudgeTombstone_ByHowOftenItWasSaid_RemovesOnlyWhatWasGivenUpTwice(string why, RepoState repo, int? secondsSinceSaid, object verdict) =>
        Assert.True(verdict.Equals(Absence.JudgeTombstone(repo, secondsSinceSaid is { } s ? TimeSpan.FromSeconds(s) : null, Now, Delay)), why);
}
