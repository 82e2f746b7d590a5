using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Atbb.Testing.RealPds;

/// <summary>
/// A PLC directory and two reference PDSes on loopback, as a child process that ends with this one. Mark its tests
/// <c>[Fact(Skip = RealPdsFixture.NotInstalled, SkipUnless = nameof(RealPdsFixture.CanRun), SkipType = typeof(RealPdsFixture))]</c>.
/// </summary>
public sealed class RealPdsFixture : IAsyncDisposable
{
    /// <summary>Why tests with a real PDS are skipped.</summary>
    public const string NotInstalled = "The real PDS is not installed: run tests/real-pds/install.sh, or ./test.sh, which does.";

    readonly Process process;
    readonly StringBuilder errors;
    readonly HttpClient http = new();
    readonly AuthenticationHeaderValue admin;
    readonly IReadOnlyList<string> accounts;
    readonly string log;

    RealPdsFixture(Process process, StringBuilder errors, JsonElement ready)
    {
        this.process = process;
        this.errors = errors;
        Plc = new Uri(ready.GetProperty("plc").GetString()!);
        Pdses = [.. ready.GetProperty("pdses").EnumerateArray().Select(pds => new Uri(pds.GetString()!))];
        accounts = [.. ready.GetProperty("accounts").EnumerateArray().Select(file => file.GetString()!)];
        log = ready.GetProperty("log").GetString()!;
        admin = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("admin:" + ready.GetProperty("adminPassword").GetString())));
    }

    /// <summary>Whether a test with a real PDS is to run: it is installed, or it has to be (<c>CI=true</c>) and its absence is a failure.</summary>
    public static bool CanRun => RealPdsInstallation.IsReady || CiMachine.IsThis;

    /// <summary>The PLC directory.</summary>
    public Uri Plc { get; }

    /// <summary>The two PDSes, empty at first.</summary>
    public IReadOnlyList<Uri> Pdses { get; }

    /// <summary>What the servers complained of, for a test's output.</summary>
    public string Errors
    {
        get
        {
            lock (errors)
                return errors.ToString();
        }
    }

    /// <summary>Starts the servers and waits until they answer; about three seconds.</summary>
    public static async Task<RealPdsFixture> StartAsync(CancellationToken cancellationToken)
    {
        if (!RealPdsInstallation.IsReady)
            throw new InvalidOperationException(NotInstalled);

        var process = new Process
        {
            StartInfo = new(RealPdsInstallation.Node, [RealPdsInstallation.Script, RealPdsInstallation.Folder])
            {
                // Never written to. It closes when this process ends, however it ends, and the servers end with it.
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        var errors = new StringBuilder();
        process.ErrorDataReceived += (_, line) =>
        {
            lock (errors)
                errors.AppendLine(line.Data);
        };
        process.Start();
        process.BeginErrorReadLine();

        try
        {
            var ready = await process.StandardOutput.ReadLineAsync(cancellationToken);
            if (ready is not null)
                return new RealPdsFixture(process, errors, JsonSerializer.Deserialize<JsonElement>(ready));
            await process.WaitForExitAsync(cancellationToken);
            throw new InvalidOperationException($"The real PDS did not start:\n{errors}");
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw;
        }
    }

    /// <summary>Creates an account.</summary>
    /// <param name="pds">0 or 1: on which of <see cref="Pdses"/>.</param>
    /// <param name="name">First part of the handle <c>name.test</c>: 3 to 18 letters, digits, hyphens.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<RealAccount> CreateAccountAsync(int pds, string name, CancellationToken cancellationToken) =>
        CreateAccountAsync(Pdses[pds], name, cancellationToken);

    /// <summary>Creates an account on a PDS of the test's own that uses this directory.</summary>
    public async Task<RealAccount> CreateAccountAsync(Uri origin, string name, CancellationToken cancellationToken)
    {
        var body = $$"""{"handle":"{{name}}.test","email":"{{name}}@example.test","password":"{{name}}-password"}""";
        var created = await RealPdsCall.PostAsync(http, origin, "com.atproto.server.createAccount", body, authorization: null, cancellationToken);
        return new RealAccount(http, origin, admin, created.GetProperty("did").GetString()!, $"{name}.test", created.GetProperty("accessJwt").GetString()!);
    }

    /// <summary>Moves an account to the other of <see cref="Pdses"/>.</summary>
    /// <returns>The account as it is there.</returns>
    public Task<RealAccount> MoveAsync(RealAccount account, CancellationToken cancellationToken)
    {
        var from = Pdses[0] == account.Pds ? 0 : 1;
        return account.MoveAsync(Pdses[1 - from], () => MailedCodeAsync(accounts[from], account.Did, cancellationToken), cancellationToken);
    }

    /// <summary>What a client has asked since the start, by the servers' own log of requests: of all three, oldest first.</summary>
    /// <param name="userAgent">How the client calls itself: the servers ask one another, and tests ask them.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<RealPdsRequest>> RequestsAsync(string userAgent, CancellationToken cancellationToken)
    {
        // A request is written down when it has been answered, which its client may know before the log does. One process writes for all three:
        // once it has written down requests that came later, what came earlier is there.
        var mark = Guid.NewGuid().ToString("N");
        await http.GetStringAsync(new Uri(Plc, $"/_health?{mark}"), cancellationToken);
        foreach (var pds in Pdses)
            await http.GetStringAsync(new Uri(pds, $"/xrpc/_health?{mark}"), cancellationToken);

        while (true)
        {
            var requests = RealPdsRequest.Read(await ReadLogAsync(cancellationToken)).ToList();
            if (requests.Count(request => request.Target.EndsWith(mark, StringComparison.Ordinal)) == Pdses.Count + 1)
                return [.. requests.Where(request => request.UserAgent.StartsWith(userAgent, StringComparison.Ordinal))];
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }
    }

    /// <summary>A line for a shell that becomes a PDS in a process of its own, with its rate limits on: it says its origin when it answers.</summary>
    /// <param name="folder">Where its data stay when it is killed.</param>
    /// <param name="port">Its port on loopback.</param>
    public string CommandFor(string folder, int port) =>
        $"exec '{RealPdsInstallation.Node}' '{RealPdsInstallation.Script}' '{RealPdsInstallation.Folder}' '{Plc.GetLeftPart(UriPartial.Authority)}' '{folder}' {port}";

    async Task<string> ReadLogAsync(CancellationToken cancellationToken)
    {
        await using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        var text = await reader.ReadToEndAsync(cancellationToken);
        // The last line may be half there.
        return text[..(text.LastIndexOf('\n') + 1)];
    }

    // No mail leaves a PDS that has no mail server; what it would have said is in its database.
    static async Task<string> MailedCodeAsync(string file, string did, CancellationToken cancellationToken)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "select token from email_token where purpose = 'plc_operation' and did = $did";
        command.Parameters.AddWithValue("$did", did);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }
}
