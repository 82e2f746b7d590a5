using System.Text.Json;
using Atbb.AtProto.Syntax;
using Atbb.AtProto.Xrpc;

namespace Atbb.AtProto.Discovery;

/// <summary>Asks relays over XRPC.</summary>
sealed class RelayClient(XrpcClient xrpc) : IRelayClient
{
    const string ListReposByCollection = "com.atproto.sync.listReposByCollection";
    const int MaxLimit = 2_000;

    // 2,000 of the longest DIDs; a usual page is a fortieth of that.
    const int MaxAnswer = 5 * 1024 * 1024;

    // A cursor goes back in an address, and is kept in the database.
    const int MaxCursor = 2_048;

    public async Task<RepoListPage> ListReposByCollectionAsync(
        Uri relay, Nsid collection, string? cursor, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxLimit);

        var request = new XrpcRequest(relay, PathOf(collection, cursor, limit), ListReposByCollection, collection.Value, MaxAnswer) { Class = HostClass.Relay };
        return await xrpc.AskAsync(
            request,
            AnswersJson.Default.RepoListAnswer,
            static answer => Read(answer.Repos ?? throw new JsonException("there is no list of repositories"), answer.Cursor),
            cancellationToken).ConfigureAwait(false);
    }

    static RepoListPage Read(IReadOnlyList<JsonElement> items, string? cursor)
    {
        if (cursor is { Length: > MaxCursor } || cursor?.Contains('\0', StringComparison.Ordinal) is true)
            throw new JsonException($"the cursor has more than {MaxCursor} characters, or one that cannot be kept");

        var dids = new List<Did>(items.Count);
        foreach (var item in items)
            if (DidOf(item) is { } did)
                dids.Add(did);

        return new RepoListPage(dids, items.Count - dids.Count, string.IsNullOrEmpty(cursor) ? null : cursor);
    }

    static Did? DidOf(JsonElement item)
    {
        if (item.ValueKind is not JsonValueKind.Object || !item.TryGetProperty("did"u8, out var text) || text.ValueKind is not JsonValueKind.String)
            return null;

        try
        {
            return Did.TryParse(text.GetString(), out var did) ? did : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: the reader finds out here and not before.
            return null;
        }
    }

    static string PathOf(Nsid collection, string? cursor, int limit) =>
        $"/xrpc/{ListReposByCollection}?collection={collection.Value}&limit={limit}{XrpcJson.CursorOf(cursor)}";
}
