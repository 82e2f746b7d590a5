using System.Net.Http.Headers;
using System.Text.Json;
using Atbb.Sample;

namespace Atbb.Testing.RealPds;

/// <summary>An account on a real PDS, signed in: writes its records, and reads back what the PDS says of them.</summary>
public sealed class RealAccount
{
    // What the PDS allows in one applyWrites.
    const int WritesPerCall = 200;

    readonly HttpClient http;
    readonly AuthenticationHeaderValue admin;
    readonly AuthenticationHeaderValue session;

    internal RealAccount(HttpClient http, Uri pds, AuthenticationHeaderValue admin, string did, string handle, string accessToken)
    {
        this.http = http;
        this.admin = admin;
        session = new AuthenticationHeaderValue("Bearer", accessToken);
        Pds = pds;
        Did = did;
        Handle = handle;
    }

    /// <summary>Where it lives.</summary>
    public Uri Pds { get; }

    /// <summary>The account's DID, registered in the fixture's PLC directory.</summary>
    public string Did { get; }

    /// <summary>The account's handle.</summary>
    public string Handle { get; }

    /// <summary>Creates a record under a key of the PDS's choice, without validation.</summary>
    public Task<SampleRef> CreateAsync(string collection, string json, CancellationToken cancellationToken) =>
        WriteAsync("com.atproto.repo.createRecord", collection, null, json, cancellationToken);

    /// <summary>Creates or replaces a record, without validation.</summary>
    public Task<SampleRef> PutAsync(string collection, string rkey, string json, CancellationToken cancellationToken) =>
        WriteAsync("com.atproto.repo.putRecord", collection, rkey, json, cancellationToken);

    /// <summary>Deletes a record; no error when there is none.</summary>
    public Task DeleteAsync(string collection, string rkey, CancellationToken cancellationToken) =>
        PostAsync("com.atproto.repo.deleteRecord", $$"""{"repo":"{{Did}}","collection":"{{collection}}","rkey":{{JsonSerializer.Serialize(rkey)}}}""", cancellationToken);

    /// <summary>Many writes, without validation, in as few commits as the PDS allows.</summary>
    public async Task ApplyAsync(IEnumerable<RealWrite> writes, CancellationToken cancellationToken)
    {
        foreach (var chunk in writes.Chunk(WritesPerCall))
        {
            var body = $$"""{"repo":"{{Did}}","validate":false,"writes":[{{string.Join(',', chunk.Select(write => write.Json))}}]}""";
            await PostAsync("com.atproto.repo.applyWrites", body, cancellationToken);
        }
    }

    /// <summary>Writes everything a sample repository holds. CIDs are the same there and here.</summary>
    public Task CopyAsync(SampleRepo repo, CancellationToken cancellationToken) => ApplyAsync(
        from collection in repo.Collections
        from record in repo.Records(collection)
        select RealWrite.Create(collection, record.Rkey, System.Text.Encoding.UTF8.GetString(record.Json.Span)), cancellationToken);

    /// <summary>Every record of a collection, ascending, as <c>listRecords</c> gives it.</summary>
    public async Task<IReadOnlyList<RealRecord>> ListAsync(string collection, CancellationToken cancellationToken)
    {
        var records = new List<RealRecord>();
        string? cursor = null;
        do
        {
            var after = cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor);
            var page = await RealPdsCall.GetAsync(
                http, Pds, $"com.atproto.repo.listRecords?repo={Did}&collection={collection}&limit=100&reverse=true{after}", cancellationToken);
            foreach (var item in page.GetProperty("records").EnumerateArray())
                records.Add(new(item.GetProperty("uri").GetString()!, item.GetProperty("cid").GetString()!, item.GetProperty("value").GetRawText()));
            cursor = page.TryGetProperty("cursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);

        return records;
    }

    /// <summary>The latest commit's rev.</summary>
    public async Task<string> RevAsync(CancellationToken cancellationToken) =>
        (await RealPdsCall.GetAsync(http, Pds, $"com.atproto.sync.getLatestCommit?did={Did}", cancellationToken)).GetProperty("rev").GetString()!;

    /// <summary>Switches the account off.</summary>
    public Task DeactivateAsync(CancellationToken cancellationToken) => PostAsync("com.atproto.server.deactivateAccount", "{}", cancellationToken);

    /// <summary>Switches the account on again.</summary>
    public Task ActivateAsync(CancellationToken cancellationToken) => PostAsync("com.atproto.server.activateAccount", null, cancellationToken);

    /// <summary>Takes the account down, as the PDS's moderators do, or puts it up again.</summary>
    public Task SetTakedownAsync(bool takenDown, CancellationToken cancellationToken) => RealPdsCall.PostAsync(
        http, Pds, "com.atproto.admin.updateSubjectStatus",
        $$"""{"subject":{"$type":"com.atproto.admin.defs#repoRef","did":"{{Did}}"},"takedown":{"applied":{{(takenDown ? "true" : "false")}} } }""", admin, cancellationToken);

    /// <summary>Takes one record down: it is left out of listings, and no commit tells.</summary>
    public Task TakeDownRecordAsync(SampleRef record, CancellationToken cancellationToken) => RealPdsCall.PostAsync(
        http, Pds, "com.atproto.admin.updateSubjectStatus",
        $$"""{"subject":{"$type":"com.atproto.repo.strongRef","uri":"{{record.Uri}}","cid":"{{record.Cid}}"},"takedown":{"applied":true} }""", admin, cancellationToken);

    /// <summary>
    /// Moves the account to another PDS, as its owner would: account made there, repository carried over, DID document changed, switched on there and
    /// off here.
    /// </summary>
    /// <param name="to">The PDS it moves to.</param>
    /// <param name="readMail">Reads the code that the PDS left behind sends to the owner before it signs the change of the DID document.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal async Task<RealAccount> MoveAsync(Uri to, Func<Task<string>> readMail, CancellationToken cancellationToken)
    {
        var audience = (await RealPdsCall.GetAsync(http, to, "com.atproto.server.describeServer", cancellationToken)).GetProperty("did").GetString();
        var token = await RealPdsCall.GetAsync(
            http, Pds, $"com.atproto.server.getServiceAuth?aud={audience}&lxm=com.atproto.server.createAccount", session, cancellationToken);
        var created = await RealPdsCall.PostAsync(
            http, to, "com.atproto.server.createAccount",
            $$"""{"did":"{{Did}}","handle":"{{Handle}}","email":"{{Handle}}@example.test","password":"{{Handle}}-password"}""",
            new("Bearer", token.GetProperty("token").GetString()), cancellationToken);
        var moved = new RealAccount(http, to, admin, Did, Handle, created.GetProperty("accessJwt").GetString()!);

        var car = await http.GetByteArrayAsync(new Uri(Pds, $"/xrpc/com.atproto.sync.getRepo?did={Did}"), cancellationToken);
        await RealPdsCall.PostCarAsync(http, to, "com.atproto.repo.importRepo", car, moved.session, cancellationToken);

        await PostAsync("com.atproto.identity.requestPlcOperationSignature", null, cancellationToken);
        var wanted = await RealPdsCall.GetAsync(http, to, "com.atproto.identity.getRecommendedDidCredentials", moved.session, cancellationToken);
        var code = JsonSerializer.Serialize(await readMail());
        var signed = await PostAsync("com.atproto.identity.signPlcOperation", $$"""{"token":{{code}},{{wanted.GetRawText()[1..]}}""", cancellationToken);
        await moved.PostAsync("com.atproto.identity.submitPlcOperation", signed.GetRawText(), cancellationToken);

        await moved.ActivateAsync(cancellationToken);
        await DeactivateAsync(cancellationToken);
        return moved;
    }

    /// <summary>Deletes the account for good. Its DID document stays.</summary>
    public Task DeleteAccountAsync(CancellationToken cancellationToken) =>
        RealPdsCall.PostAsync(http, Pds, "com.atproto.admin.deleteAccount", $$"""{"did":"{{Did}}"}""", admin, cancellationToken);

    async Task<SampleRef> WriteAsync(string method, string collection, string? rkey, string json, CancellationToken cancellationToken)
    {
        var key = rkey is null ? "" : $",\"rkey\":{JsonSerializer.Serialize(rkey)}";
        var body = $$"""{"repo":"{{Did}}","collection":"{{collection}}"{{key}},"validate":false,"record":{{json}}}""";
        var written = await PostAsync(method, body, cancellationToken);
        return new SampleRef(written.GetProperty("uri").GetString()!, written.GetProperty("cid").GetString()!);
    }

    Task<JsonElement> PostAsync(string method, string? json, CancellationToken cancellationToken) =>
        RealPdsCall.PostAsync(http, Pds, method, json, session, cancellationToken);
}
