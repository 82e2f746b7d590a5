using System.Text.Json;
using Atbb.AtProto.Syntax;
using Atbb.AtProto.Xrpc;
using Microsoft.Extensions.Options;

namespace Atbb.AtProto.Repo;

/// <summary>Reads repositories over XRPC.</summary>
sealed class RepoClient(XrpcClient xrpc, IOptions<AtProtoOptions> options) : IRepoClient
{
    const string ListRecords = "com.atproto.repo.listRecords";
    const string GetLatestCommit = "com.atproto.sync.getLatestCommit";
    const string GetRepoStatus = "com.atproto.sync.getRepoStatus";
    const string ListRepos = "com.atproto.sync.listRepos";

    // The answers of the sync methods are a few hundred bytes.
    const int MaxSmallAnswer = 64 * 1024;

    // A page of a thousand repositories is about 200 kB.
    const int MaxHostPage = 1024 * 1024;
    const int HostPageLimit = 1000;

    public async Task<RepoHead> GetLatestCommitAsync(Uri pds, Did did, CancellationToken cancellationToken)
    {
        var request = AboutRepo(pds, GetLatestCommit, did);
        var answer = await xrpc.AskAsync(request, AnswersJson.Default.LatestCommitAnswer, cancellationToken).ConfigureAwait(false);
        return Cid.TryParse(answer.Cid, out var cid) && Tid.TryParse(answer.Rev, out var rev)
            ? new RepoHead(cid, rev)
            : throw request.Failed(AtProtoFailure.Malformed, "the answer has no valid cid and rev");
    }

    public async Task<HostedRepo> GetRepoStatusAsync(Uri pds, Did did, CancellationToken cancellationToken)
    {
        var request = AboutRepo(pds, GetRepoStatus, did);
        var answer = await xrpc.AskAsync(request, AnswersJson.Default.RepoStatusAnswer, cancellationToken).ConfigureAwait(false);
        // What is said here may end in rows being removed: an answer about another repository must not.
        if (answer.Did != did.Value)
            throw request.Failed(AtProtoFailure.Malformed, "the answer is about another repository");
        if (answer.Active is not { } active)
            throw request.Failed(AtProtoFailure.Malformed, "the answer does not say whether the repository is active");

        return new HostedRepo(active, answer.Status, Tid.TryParse(answer.Rev, out var rev) ? rev : null);
    }

    public async Task<HostPage> ListReposAsync(Uri pds, string? cursor, CancellationToken cancellationToken)
    {
        var request = new XrpcRequest(pds, $"/xrpc/{ListRepos}?limit={HostPageLimit}{XrpcJson.CursorOf(cursor)}", ListRepos, "repositories", MaxHostPage);
        var answer = await xrpc.AskAsync(request, AnswersJson.Default.ListReposAnswer, cancellationToken).ConfigureAwait(false);
        if (answer.Repos is null)
            throw request.Failed(AtProtoFailure.Malformed, "the answer has no list of repositories");

        var repos = new List<(Did, HostedRepo)>(Math.Min(answer.Repos.Count, HostPageLimit));
        foreach (var item in answer.Repos)
            if (Did.TryParse(item?.Did, out var did) && Tid.TryParse(item!.Rev, out var rev))
                repos.Add((did, new HostedRepo(item.Active ?? item.Status is null, item.Status, rev)));
        return new HostPage(repos, string.IsNullOrEmpty(answer.Cursor) ? null : answer.Cursor);
    }

    public async Task<RecordPage> ListRecordsAsync(Uri pds, RecordQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, 100);

        while (true)
        {
            try
            {
                return await ListPageAsync(pds, query, cancellationToken).ConfigureAwait(false);
            }
            catch (AtProtoException e) when (e.Failure is AtProtoFailure.TooLarge && query.Limit > 1)
            {
                // A page of very large records is read in parts: records that fit one by one must not be out of reach together.
                query = query with { Limit = Math.Max(1, query.Limit / 10) };
            }
        }
    }

    async Task<RecordPage> ListPageAsync(Uri pds, RecordQuery query, CancellationToken cancellationToken)
    {
        var request = new XrpcRequest(pds, PathOf(query), ListRecords, query.Did, options.Value.Network.MaxResponseBytes);
        var body = await xrpc.GetAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            var (records, cursor) = PageDecoder.Decode(body.Memory, query.Did, query.Collection);
            return new RecordPage(records, cursor, body.Memory.Length, body);
        }
        catch (JsonException e)
        {
            body.Dispose();
            throw request.NotTheLexicons(e);
        }
    }

    static XrpcRequest AboutRepo(Uri pds, string method, Did did) =>
        new(pds, $"/xrpc/{method}?did={Uri.EscapeDataString(did.Value)}", method, did, MaxSmallAnswer);

    static string PathOf(in RecordQuery query)
    {
        var reverse = query.Reverse ? "&reverse=true" : "";
        return $"/xrpc/{ListRecords}?repo={Uri.EscapeDataString(query.Did.Value)}&collection={query.Collection.Value}&limit={query.Limit}{XrpcJson.CursorOf(query.Cursor)}{reverse}";
    }
}
