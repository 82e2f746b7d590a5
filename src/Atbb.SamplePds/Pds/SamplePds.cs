using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Atbb.Sample;

/// <summary>
/// A PDS, on loopback unless told otherwise, with repositories in memory, which answers readers as the reference PDS does, or as badly as it is told to. It also
/// serves its PLC directory at the same origin.
/// </summary>
public sealed class SamplePds : IAsyncDisposable
{
    readonly ConcurrentDictionary<string, HostedAccount> byDid = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, HostedAccount> byHandle = new(StringComparer.Ordinal);
    readonly Lock adding = new();
    readonly TimeProvider time;
    readonly PdsMethods methods;
    readonly IPAddress address;
    readonly Uri? knownAs;
    volatile HostedAccount[] accounts = [];
    WebApplication? listener;
    CancellationTokenSource stopping = new();
    int added;
    int port;

    SamplePds(SamplePlc plc, TimeProvider time, IPAddress address, Uri? knownAs)
    {
        Plc = plc;
        this.time = time;
        this.address = address;
        this.knownAs = knownAs;
        methods = new PdsMethods(this);
        Origin = new Uri("http://127.0.0.1:0");
    }

    /// <summary>Where others find it: <c>http://127.0.0.1:port</c>, unless it is known under another name. The PLC directory's address too.</summary>
    public Uri Origin { get; private set; }

    /// <summary>The directory that names this PDS for its accounts.</summary>
    public SamplePlc Plc { get; }

    /// <summary>What it was asked.</summary>
    public RequestLog Log { get; } = new();

    /// <summary>What <c>reverse</c> does.</summary>
    public OrderStyle Order { get; set; }

    /// <summary>Which pages of records carry a cursor.</summary>
    public CursorStyle Cursors { get; set; }

    /// <summary>Whether cursors are something else than the last record key.</summary>
    public bool OpaqueCursors { get; set; }

    /// <summary>Whether cursors are the number of records listed so far: a record deleted before one moves on what follows.</summary>
    public bool PositionalCursors { get; set; }

    /// <summary>Whether a page without a cursor says so by an empty one.</summary>
    public bool EmptyCursors { get; set; }

    /// <summary>The most records that a page has, whatever is asked for. The protocol's 100 unless told otherwise.</summary>
    public int PageSize { get; set; } = 100;

    /// <summary>How long every answer takes.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Asked about every request (PLC questions too); null, or an answer of null, means none.</summary>
    public Func<PdsRequest, PdsFault?>? Fault { get; set; }

    /// <summary>Runs when a request has arrived and before its answer is made: to edit a repository in the middle of a reader's pass.</summary>
    public Func<PdsRequest, Task>? BeforeAnswer { get; set; }

    /// <summary>Other PDSes whose repositories <c>listReposByCollection</c> lists too, which makes this one a relay for them.</summary>
    public IReadOnlyList<SamplePds> Relays { get; set; } = [];

    internal IReadOnlyList<HostedAccount> Accounts => accounts;

    /// <summary>Starts a PDS without repositories.</summary>
    /// <param name="plc">The directory; null makes a new one.</param>
    /// <param name="port">The port; 0 takes any that is free.</param>
    /// <param name="time">The clock of <see cref="Latency"/> and of the log.</param>
    /// <param name="address">The address it listens on; null is loopback.</param>
    /// <param name="knownAs">The origin that its accounts' documents name; null is where it listens.</param>
    public static async Task<SamplePds> StartAsync(SamplePlc? plc = null, int port = 0, TimeProvider? time = null, IPAddress? address = null, Uri? knownAs = null)
    {
        var pds = new SamplePds(plc ?? new SamplePlc(), time ?? TimeProvider.System, address ?? IPAddress.Loopback, knownAs);
        await pds.ListenAsync(port);
        return pds;
    }

    /// <summary>Takes a repository in, and names this PDS in the directory. A repository that is here already becomes active again.</summary>
    public void Host(SampleRepo repo) => Host([repo]);

    /// <summary>Takes many repositories in at once.</summary>
    public void Host(IReadOnlyCollection<SampleRepo> repos)
    {
        lock (adding)
        {
            var dids = repos.Select(repo => repo.Did).ToHashSet(StringComparer.Ordinal);
            var newcomers = repos.Select(repo => new HostedAccount(repo, added++)).ToArray();
            accounts = [.. accounts.Where(other => !dids.Contains(other.Repo.Did)), .. newcomers];
            foreach (var account in newcomers)
            {
                byDid[account.Repo.Did] = account;
                byHandle[account.Repo.Handle] = account;
                Plc.Register(account.Repo.Did, account.Repo.Handle, Origin);
            }
        }
    }

    /// <summary>The repository of an account here, in whichever state.</summary>
    public SampleRepo Repo(string did) => Account(did).Repo;

    /// <summary>Sets how an account stands.</summary>
    public void SetState(string did, AccountState state) => Account(did).State = state;

    /// <summary>Moves an account: active there, deactivated here, and the directory names the other PDS.</summary>
    public void Move(string did, SamplePds to)
    {
        var account = Account(did);
        to.Host(account.Repo);
        account.State = AccountState.Deactivated;
    }

    /// <summary>Refuses connections, as a stopped PDS does; repositories and log stay. Requests in flight are cut off.</summary>
    public async Task StopListeningAsync()
    {
        if (Interlocked.Exchange(ref listener, null) is not { } running)
            return;
        await stopping.CancelAsync();
        // An ended token: connections are closed, not waited for.
        await running.StopAsync(new CancellationToken(canceled: true));
        await running.DisposeAsync();
    }

    /// <summary>Listens again at the same address.</summary>
    public Task ListenAgainAsync() => ListenAsync(port);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopListeningAsync();
        stopping.Dispose();
    }

    internal HostedAccount? Find(string? didOrHandle) =>
        didOrHandle is null ? null : byDid.GetValueOrDefault(didOrHandle) ?? byHandle.GetValueOrDefault(didOrHandle);

    HostedAccount Account(string did) =>
        byDid.GetValueOrDefault(did) ?? throw new ArgumentException($"{did} is not on the PDS at {Origin}.", nameof(did));

    async Task ListenAsync(int wanted)
    {
        if (listener is not null)
            throw new InvalidOperationException($"The PDS at {Origin} listens already.");

        // Empty: no configuration files, no logging, nothing that reacts to signals or environment variables.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            // A drip is meant to be slow.
            options.Limits.MinResponseDataRate = null;
            options.Listen(address, wanted);
        });
        var app = builder.Build();
        app.Run(AnswerAsync);
        stopping.Dispose();
        stopping = new CancellationTokenSource();
        await app.StartAsync();
        listener = app;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        var listening = new Uri(addresses.Addresses.Single());
        port = listening.Port;
        Origin = knownAs ?? listening;
    }

    async Task AnswerAsync(HttpContext context)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping.Token);
        var request = new PdsRequest(context.Request, time.GetUtcNow());
        Log.Arrived(request);
        try
        {
            if (BeforeAnswer is { } before)
                await before(request).WaitAsync(ends.Token);

            // Asked before the answer is made, answered after: a fault may count requests, and may edit the repository too.
            var fault = Fault?.Invoke(request);
            var answer = methods.Answer(request);
            if (Latency > TimeSpan.Zero)
                await Task.Delay(Latency, time, ends.Token);

            if (fault is not null)
                await fault.ActAsync(context, answer, time, ends.Token);
            else
                await WriteAsync(context.Response, answer, ends.Token);

            if (fault is { DropsConnection: true })
            {
                request.Status = context.Response.HasStarted ? context.Response.StatusCode : 0;
                context.Abort();
                return;
            }

            await context.Response.BodyWriter.FlushAsync(ends.Token);
            request.Status = context.Response.StatusCode;
            if (!context.RequestAborted.IsCancellationRequested)
                Log.Answered(request, answer.Length);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // The client has left, or this PDS stops. Aborted, so that half an answer is never taken for a whole one.
            context.Abort();
        }
    }

    static async Task WriteAsync(HttpResponse response, PdsAnswer answer, CancellationToken ending)
    {
        response.StatusCode = answer.Status;
        response.ContentType = answer.ContentType;
        response.ContentLength = answer.Length;
        foreach (var part in answer.Parts)
            await response.BodyWriter.WriteAsync(part, ending);
    }
}
