using System.Net;
using Atbb.AtProto;
using Atbb.AtProto.Repo;
using Atbb.Grains.Repos;
using Atbb.Indexing.Repos;

namespace Atbb.Grains.Tests.Repos;

public class RepoVerdictTests
{
    static readonly DateTimeOffset Later = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    static AtProtoException Refused(string? error, HttpStatusCode status = HttpStatusCode.BadRequest) =>
        new(AtProtoFailure.Refused, "refused") { Error = error, Status = status };

    [Theory]
    [InlineData(AtProtoFailure.Unreachable)]
    [InlineData(AtProtoFailure.TimedOut)]
    [InlineData(AtProtoFailure.ServerError)]
    [InlineData(AtProtoFailure.RateLimited)]
    [InlineData(AtProtoFailure.Malformed)]
    [InlineData(AtProtoFailure.TooLarge)]
    public void Of_WhatMayPass_IsTransientAndKeepsTheServersWord(AtProtoFailure failure) =>
        Assert.Equal(
            new RepoVerdict.Transient(Later),
            RepoVerdict.Of(new AtProtoException(failure, "no") { RetryAt = Later, Status = HttpStatusCode.ServiceUnavailable }));

    [Fact]
    public void Of_ARequestThatWasNeverSent_IsNoFailedAttempt() =>
        Assert.Equal(new RepoVerdict.Deferred(Later), RepoVerdict.Of(new AtProtoException(AtProtoFailure.RateLimited, "no") { RetryAt = Later }));

    [Fact]
    public void Of_EveryFailureThereIs_HasAVerdict() =>
        Assert.All(Enum.GetValues<AtProtoFailure>(), failure => Assert.NotNull(RepoVerdict.Of(new AtProtoException(failure, "no"))));

    public static TheoryData<string?, object> Refusals => new()
    {
        { "RepoTakendown", new RepoVerdict.AskIdentity(RepoStatus.Takendown) },
        { "RepoSuspended", new RepoVerdict.AskIdentity(RepoStatus.Suspended) },
        { "RepoDeactivated", new RepoVerdict.AskIdentity(RepoStatus.Deactivated) },
        { "RepoNotFound", new RepoVerdict.AskIdentity(RepoStatus.NotFound) },
        { "InvalidRequest", new RepoVerdict.AskStatus() },
        { "SomethingNew", new RepoVerdict.AskStatus() },
        { null, new RepoVerdict.AskStatus() },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Of_ARefusal_GoesByItsName(string? error, object verdict) => Assert.Equal(verdict, RepoVerdict.Of(Refused(error)));

    [Fact]
    public void Of_WhatTheDirectorySays_SettlesTheAccount()
    {
        Assert.Equal(new RepoVerdict.Tombstoned(), RepoVerdict.Of(new AtProtoException(AtProtoFailure.DidTombstoned, "")));
        Assert.Equal(new RepoVerdict.Gone(RepoStatus.NotFound), RepoVerdict.Of(new AtProtoException(AtProtoFailure.DidNotFound, "")));
        Assert.Equal(new RepoVerdict.Refused("bad_did_document"), RepoVerdict.Of(new AtProtoException(AtProtoFailure.BadDidDocument, "")));
        Assert.Equal(new RepoVerdict.Refused("forbidden_address"), RepoVerdict.Of(new AtProtoException(AtProtoFailure.Forbidden, "")));
    }

    public static TheoryData<bool, string?, object> Statuses => new()
    {
        { true, null, new RepoVerdict.Transient(null) },
        { false, "takendown", new RepoVerdict.AskIdentity(RepoStatus.Takendown) },
        { false, "suspended", new RepoVerdict.AskIdentity(RepoStatus.Suspended) },
        { false, "deleted", new RepoVerdict.AskIdentity(RepoStatus.Deleted) },
        { false, "deactivated", new RepoVerdict.AskIdentity(RepoStatus.Deactivated) },
        { false, "desynchronized", new RepoVerdict.Transient(null) },
        { false, "throttled", new RepoVerdict.Transient(null) },
        { false, null, new RepoVerdict.Transient(null) },
    };

    [Theory]
    [MemberData(nameof(Statuses))]
    public void Of_AStatus_GoesByItsName(bool active, string? status, object verdict) =>
        Assert.Equal(verdict, RepoVerdict.Of(new HostedRepo(active, status, null)));

    [Fact]
    public void OfStatusRefusal_FromAPdsWithoutTheMethod_ProvesNothing()
    {
        Assert.IsType<RepoVerdict.Transient>(RepoVerdict.OfStatusRefusal(Refused(null, HttpStatusCode.NotFound)));
        Assert.Equal(new RepoVerdict.AskIdentity(RepoStatus.NotFound), RepoVerdict.OfStatusRefusal(Refused("RepoNotFound")));
    }

    [Theory]
    [InlineData(HttpStatusCode.NotImplemented, "Whatever", true)]
    [InlineData(HttpStatusCode.NotFound, null, true)]
    [InlineData(HttpStatusCode.NotFound, "RepoNotFound", false)]
    [InlineData(HttpStatusCode.BadRequest, "InvalidRequest", false)]
    public void IsMissingMethod_ByStatusAndError(HttpStatusCode status, string? error, bool missing) =>
        Assert.Equal(missing, RepoVerdict.IsMissingMethod(Refused(error, status)));
}
