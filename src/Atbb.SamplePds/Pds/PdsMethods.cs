using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Atbb.Sample;

/// <summary>The XRPC methods that a reader of repositories needs, with the reference PDS's answers and errors.</summary>
sealed class PdsMethods(SamplePds pds)
{
    static readonly byte[] Open = "{\"records\":["u8.ToArray();
    static readonly byte[] Comma = ","u8.ToArray();
    static readonly byte[] Close = "]}"u8.ToArray();

    public PdsAnswer Answer(PdsRequest request) => request.Method switch
    {
        "com.atproto.repo.listRecords" => ListRecords(request),
        "com.atproto.repo.getRecord" => GetRecord(request),
        "com.atproto.repo.describeRepo" => DescribeRepo(request),
        "com.atproto.sync.getLatestCommit" => GetLatestCommit(request),
        "com.atproto.sync.getRepoStatus" => GetRepoStatus(request),
        "com.atproto.sync.listRepos" => ListRepos(request),
        "com.atproto.sync.listReposByCollection" => ListReposByCollection(request),
        PdsRequest.DidDocument => DidDocument(request),
        "_health" => PdsAnswer.Ok("""{"version":"sample"}"""),
        _ when request.Target.StartsWith("/xrpc/", StringComparison.Ordinal) =>
            PdsAnswer.Error(501, "MethodNotImplemented", "Method Not Implemented"),
        _ => PdsAnswer.Error(404, "NotFound", "Not Found"),
    };

    PdsAnswer ListRecords(PdsRequest request)
    {
        if (request.Did is null || request.Collection is null)
            return Missing(request.Did is null ? "repo" : "collection");
        if (!TryLimit(request, 50, 100, out var limit, out var refusal))
            return refusal!;
        // The same words for a repository that is unknown, moved, deactivated, taken down or deleted.
        if (pds.Find(request.Did) is not { State: AccountState.Active } account)
            return Invalid($"Could not find repo: {request.Did}");
        if (!TryReadCursor(request.Cursor, out var after))
            return Invalid("Malformed cursor");

        limit = Math.Min(limit, pds.PageSize);
        var ascending = pds.Order switch
        {
            OrderStyle.AsAsked => request.Reverse,
            OrderStyle.AlwaysAscending => true,
            OrderStyle.AlwaysDescending => false,
            _ => throw new InvalidOperationException($"Order {pds.Order} is unknown."),
        };

        // One more than asked for tells whether this page is the last.
        var skipped = pds.PositionalCursors ? Math.Max(0, Position(request.Cursor)) : 0;
        var page = pds.PositionalCursors
            ? account.Repo.Page(request.Collection, after: null, ascending, skipped + limit + 1).Skip(skipped).ToArray()
            : account.Repo.Page(request.Collection, after, ascending, limit + 1);
        var count = Math.Min(page.Length, limit);
        var hasCursor = pds.Cursors switch
        {
            CursorStyle.EveryPage => count > 0,
            CursorStyle.FullPages => count == limit,
            CursorStyle.WhileMore => page.Length > limit,
            _ => throw new InvalidOperationException($"Cursor style {pds.Cursors} is unknown."),
        };

        var parts = new List<ReadOnlyMemory<byte>>(2 * count + 2) { Open };
        for (var i = 0; i < count; i++)
        {
            if (i > 0)
                parts.Add(Comma);
            parts.Add(page[i].Item);
        }

        var cursor = hasCursor ? pds.PositionalCursors ? $"{skipped + count}" : WriteCursor(page[count - 1].Rkey)
            : pds.EmptyCursors ? "" : null;
        parts.Add(cursor is null ? Close : Encoding.UTF8.GetBytes($"],\"cursor\":{JsonText(cursor)}}}"));
        return PdsAnswer.Ok(parts);
    }

    PdsAnswer GetRecord(PdsRequest request)
    {
        if (request.Did is null || request.Collection is null || request.Rkey is null)
            return Missing(request.Did is null ? "repo" : request.Collection is null ? "collection" : "rkey");
        // The reference PDS hands the question on to an AppView, which does not answer here.
        if (pds.Find(request.Did) is not { State: AccountState.Active } account)
            return PdsAnswer.Error(502, "UpstreamFailure", "Upstream Failure");
        if (account.Repo.Find(request.Collection, request.Rkey) is not { } record)
            return PdsAnswer.Error(400, "RecordNotFound", $"Could not locate record: at://{request.Did}/{request.Collection}/{request.Rkey}");
        return PdsAnswer.Ok([record.Item]);
    }

    PdsAnswer DescribeRepo(PdsRequest request)
    {
        if (request.Did is null)
            return Missing("repo");
        if (Served(request.Did, out var account) is { } refusal)
            return refusal;
        return PdsAnswer.Ok(new JsonObject
        {
            ["handle"] = account!.Repo.Handle,
            ["did"] = account.Repo.Did,
            ["didDoc"] = pds.Plc.Find(account.Repo.Did) is { } document ? JsonNode.Parse(document) : null,
            ["collections"] = new JsonArray([.. account.Repo.Collections.Select(name => JsonValue.Create(name))]),
            ["handleIsCorrect"] = true,
        });
    }

    PdsAnswer GetLatestCommit(PdsRequest request)
    {
        if (request.Did is null)
            return Missing("did");
        if (Served(request.Did, out var account) is { } refusal)
            return refusal;
        var rev = account!.Repo.Rev.Value;
        return PdsAnswer.Ok($$"""{"cid":"{{Head(account.Repo.Did, rev)}}","rev":"{{rev}}"}""");
    }

    PdsAnswer GetRepoStatus(PdsRequest request)
    {
        if (request.Did is null)
            return Missing("did");
        if (pds.Find(request.Did) is not { State: not AccountState.Deleted } account)
            return NotFound(request.Did);
        return PdsAnswer.Ok(account.Status is { } status
            ? $$"""{"did":"{{account.Repo.Did}}","active":false,"status":"{{status}}"}"""
            : $$"""{"did":"{{account.Repo.Did}}","active":true,"rev":"{{account.Repo.Rev}}"}""");
    }

    PdsAnswer ListRepos(PdsRequest request)
    {
        if (!TryLimit(request, 500, 1_000, out var limit, out var refusal))
            return refusal!;

        var body = new StringBuilder("{\"repos\":[");
        var (listed, last) = (0, 0);
        foreach (var account in AccountsAfter(pds.Accounts, Position(request.Cursor)))
        {
            if (account.State == AccountState.Deleted)
                continue;
            if (listed == limit)
                break;

            var rev = account.Repo.Rev.Value;
            body.Append(listed++ > 0 ? "," : "")
                .Append(CultureInfo.InvariantCulture, $$"""{"did":"{{account.Repo.Did}}","head":"{{Head(account.Repo.Did, rev)}}","rev":"{{rev}}",""")
                .Append(account.Status is { } status ? $"\"active\":false,\"status\":\"{status}\"}}" : "\"active\":true}");
            last = account.Position;
        }

        body.Append(']').Append(listed > 0 ? $",\"cursor\":\"{last}\"" : "").Append('}');
        return PdsAnswer.Ok(body.ToString());
    }

    PdsAnswer ListReposByCollection(PdsRequest request)
    {
        if (request.Collection is null)
            return Missing("collection");
        if (!TryLimit(request, 500, 2_000, out var limit, out var refusal))
            return refusal!;

        // The cursor is the place of the host among those relayed, and of the account among the host's.
        SamplePds[] hosts = [pds, .. pds.Relays];
        var cursor = (request.Cursor ?? "").Split('-');
        var host = cursor.Length == 2 ? Position(cursor[0]) : 0;
        var after = cursor.Length == 2 ? Position(cursor[1]) : -1;
        var dids = new List<string>();
        for (; host < hosts.Length; host++, after = -1)
        {
            foreach (var account in AccountsAfter(hosts[host].Accounts, after))
            {
                if (account.State != AccountState.Active || account.Repo.Count(request.Collection) == 0)
                    continue;
                dids.Add($$"""{"did":"{{account.Repo.Did}}"}""");
                if (dids.Count == limit)
                    return PdsAnswer.Ok($$"""{"repos":[{{string.Join(',', dids)}}],"cursor":"{{host}}-{{account.Position}}"}""");
            }
        }

        return PdsAnswer.Ok($$"""{"repos":[{{string.Join(',', dids)}}]}""");
    }

    PdsAnswer DidDocument(PdsRequest request) =>
        pds.Plc.Find(request.Did!) is { } document ? PdsAnswer.Ok(document)
        : pds.Plc.IsTombstoned(request.Did!) ? PdsAnswer.Of(410, new JsonObject { ["message"] = $"DID not available: {request.Did}" })
        : PdsAnswer.Of(404, new JsonObject { ["message"] = $"DID not registered: {request.Did}" });

    // The answer of com.atproto.sync methods for a repository that is not served; null for one that is.
    PdsAnswer? Served(string didOrHandle, out HostedAccount? account)
    {
        account = pds.Find(didOrHandle);
        return account?.State switch
        {
            AccountState.Active => null,
            AccountState.Deactivated => PdsAnswer.Error(400, "RepoDeactivated", $"Repo has been deactivated: {didOrHandle}"),
            AccountState.TakenDown => PdsAnswer.Error(400, "RepoTakendown", $"Repo has been takendown: {didOrHandle}"),
            AccountState.Suspended => PdsAnswer.Error(400, "RepoSuspended", $"Repo has been suspended: {didOrHandle}"),
            _ => NotFound(didOrHandle),
        };
    }

    string WriteCursor(string rkey) => pds.OpaqueCursors ? "~" + Convert.ToBase64String(Encoding.UTF8.GetBytes(rkey)) : rkey;

    bool TryReadCursor(string? cursor, out string? after)
    {
        after = cursor;
        if (!pds.OpaqueCursors || string.IsNullOrEmpty(cursor))
            return true;

        var bytes = new byte[cursor.Length];
        if (cursor[0] != '~' || !Convert.TryFromBase64String(cursor[1..], bytes, out var length))
            return false;
        after = Encoding.UTF8.GetString(bytes, 0, length);
        return true;
    }

    static bool TryLimit(PdsRequest request, int usual, int most, out int limit, out PdsAnswer? refusal)
    {
        limit = usual;
        refusal = null;
        if (request.Limit is null)
            return true;
        if (!int.TryParse(request.Limit, CultureInfo.InvariantCulture, out limit))
            refusal = Invalid("Error: limit must be an integer");
        else if (limit < 1)
            refusal = Invalid("Error: limit can not be less than 1");
        else if (limit > most)
            refusal = Invalid($"Error: limit can not be greater than {most}");
        return refusal is null;
    }

    // Accounts are in the order of their positions, with gaps where one came back under a new one.
    static IEnumerable<HostedAccount> AccountsAfter(IReadOnlyList<HostedAccount> accounts, int position)
    {
        int low = 0, high = accounts.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (accounts[middle].Position <= position)
                low = middle + 1;
            else
                high = middle;
        }

        for (; low < accounts.Count; low++)
            yield return accounts[low];
    }

    static int Position(string? cursor) => int.TryParse(cursor, CultureInfo.InvariantCulture, out var position) ? position : -1;

    static string Head(string did, string rev) => DagCbor.CidOf(Encoding.UTF8.GetBytes($$"""{"did":"{{did}}","rev":"{{rev}}"}"""));

    static string JsonText(string text) => "\"" + System.Text.Json.JsonEncodedText.Encode(text) + "\"";

    static PdsAnswer Invalid(string message) => PdsAnswer.Error(400, "InvalidRequest", message);

    static PdsAnswer NotFound(string did) => PdsAnswer.Error(400, "RepoNotFound", $"Could not find repo for DID: {did}");

    static PdsAnswer Missing(string name) => Invalid($"Error: Params must have the property \"{name}\"");
}
