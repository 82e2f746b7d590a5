using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Atbb.EndToEnd.Tests.Processes;
using Atbb.Sample;
using Atbb.Testing.Databases;
using Atbb.Testing.Network;

namespace Atbb.EndToEnd.Tests.Documents;

/// <summary>
/// Where a reader stands who does what a document says: a folder with the commands at hand, a forum on a PDS, a service as soon as something is asked of one. Commands
/// are given to a shell as they are written but for what stands for the reader's own: the forum, the addresses, a run's number.
/// </summary>
sealed partial class DocumentStage : IAsyncDisposable
{
    // What curl says of an answer of 400 and above.
    const int Refused = 22;

    // States and no faults: another run is not finished yet, or this one is.
    static readonly string[] RefusalsOfState = ["urn:atbb:problem:run-unfinished", "urn:atbb:problem:run-has-ended"];

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("atbb-reader-");
    readonly SampleForum forum;
    readonly SamplePds pds;
    readonly int adminPort = LoopbackPorts.Take(), gatewayPort = LoopbackPorts.Take(), sitePort = LoopbackPorts.Take(), demoPort = LoopbackPorts.Take();
    readonly Dictionary<string, string?> environment;
    readonly List<string> assigned = [];
    readonly List<AtbbProcess> others = [];
    AtbbProcess? service;
    PostgresServer? postgres;

    DocumentStage(SampleForum forum, SamplePds pds)
    {
        (this.forum, this.pds) = (forum, pds);
        environment = new()
        {
            ["PATH"] = $"{Path.Combine(folder.FullName, "bin")}:{Environment.GetEnvironmentVariable("PATH")}",
            ["NO_COLOR"] = "1",
            ["Atbb__PlcDirectory"] = pds.Origin.GetLeftPart(UriPartial.Authority),
            ["Atbb__Network__AllowPrivateAddresses"] = "true",
            ["BACKFILL_RATE_LIMIT"] = "0",
            ["Atbb__Admin__Url"] = $"http://127.0.0.1:{adminPort}",
            ["Atbb__Cluster__SiloPort"] = $"{LoopbackPorts.Take()}",
            ["Atbb__Cluster__GatewayPort"] = $"{gatewayPort}",
        };
    }

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    public static async Task<DocumentStage> SetAsync()
    {
        var forum = SampleForum.Generate(new() { Users = 5, PostsPerUser = 5 });
        var pds = await SamplePds.StartAsync();
        forum.HostOn(pds);
        var stage = new DocumentStage(forum, pds);
        File.Copy(Checkout.At(".env.example"), Path.Combine(stage.folder.FullName, ".env.example"));
        var bin = stage.folder.CreateSubdirectory("bin").FullName;
        Script(bin, "atbb", $"""exec "{AppContext.BaseDirectory}atbb" "$@" """);
        // What was built already is not built again.
        Script(bin, "dotnet", $"""
            [ "$1 $2 $3 $4 $6" = "run -c Release --project --" ] || exit 64
            project=$5
            shift 6
            case $project in
                src/Atbb.Silo) exec "{AppContext.BaseDirectory}atbb" "$@" ;;
                samples/Atbb.AppView) exec "{AppContext.BaseDirectory}Atbb.AppView" "$@" ;;
            esac
            exit 64
            """);
        // The same question, and a refusal is told by the status.
        Script(bin, "curl", """PATH=${PATH#*:} exec curl --fail-with-body --silent --show-error --max-time 60 "$@" """);
        return stage;
    }

    /// <summary>Does what a reader would do with it.</summary>
    public async Task DoAsync(DocumentCommand command)
    {
        if (Assignment().IsMatch(command.Text))
            assigned.Add(Own(command.Text));
        else if (command.Text.Contains(" serve ", StringComparison.Ordinal))
            await ServeAsync(command);
        else if (command.Text.Contains(" demo-pds", StringComparison.Ordinal))
            await StayAsync(command, process => Task.FromResult(process.Output.Contains("Forum:", StringComparison.Ordinal)));
        else if (command.Text.Contains("samples/Atbb.AppView", StringComparison.Ordinal))
            await StayAsync(command, _ => AnswersAsync($"http://127.0.0.1:{sitePort}/"));
        else if (OfTheDatabase().IsMatch(command.Text))
            await PostgresAsync(command);
        else if (OfOurs().IsMatch(command.Text))
            await GiveAsync(command);
        else
            Assert.Fail($"Neither a command that is run here, nor one of {nameof(NotRunHere)}: {command}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in others)
            await process.DisposeAsync();
        if (service is not null)
            await service.DisposeAsync();
        if (postgres is not null)
            await postgres.DisposeAsync();
        await pds.DisposeAsync();
        folder.Delete(recursive: true);
    }

    /// <summary>A command that ends, and has to end well.</summary>
    async Task GiveAsync(DocumentCommand command)
    {
        // The embedded database is one process's.
        if (command.Text.Contains(" backfill ", StringComparison.Ordinal))
            await EndServiceAsync();
        else if (service is null && AsksTheService().IsMatch(command.Text))
            await ServeAsync(command with { Text = "atbb serve --forum did:plc:…" });

        await using var process = Shell(command);
        var status = await process.ExitAsync();
        Assert.True(status == 0 || (status == Refused && IsRefusalOfState(process.Output)), $"{command}\n{process}");
    }

    /// <summary>The service, in place of the one before: ready, and done with the run that it begins with.</summary>
    async Task ServeAsync(DocumentCommand command)
    {
        await EndServiceAsync();
        service = Shell(command);
        using var admin = new AdminClient(adminPort);
        await admin.ReadyAsync(service);
        await admin.CompletedAsync(service);
    }

    async Task EndServiceAsync()
    {
        if (service is null)
            return;
        await service.SignalAsync("TERM");
        Assert.True(await service.ExitAsync() == 0, $"{service}");
        await service.DisposeAsync();
        service = null;
    }

    /// <summary>A command that stays, as in a terminal of its own.</summary>
    async Task StayAsync(DocumentCommand command, Func<AtbbProcess, Task<bool>> isThereAsync)
    {
        var process = Shell(command);
        others.Add(process);
        await Poll.UntilAsync(
            async _ =>
            {
                Assert.False(process.HasEnded, $"{command}\n{process}");
                return await isThereAsync(process) ? "there" : null;
            },
            AtbbProcess.Patience, () => $"{command}\n{process}");
    }

    async Task PostgresAsync(DocumentCommand command)
    {
        postgres ??= await PostgresServer.StartAsync(durable: false);
        await GiveAsync(command);
    }

    AtbbProcess Shell(DocumentCommand command) =>
        AtbbProcess.StartShell(folder.FullName, string.Join('\n', [.. assigned, Assignment().IsMatch(command.Text) ? "" : $"exec {Own(command.Text)}"]), environment);

    /// <summary>The command with the reader's own in the place of what stands for it.</summary>
    string Own(string text)
    {
        if (postgres is not null)
        {
            var url = new Uri(postgres.Url("postgres"));
            text = text.Replace("postgres:PASSWORD@db.example.com", $"{url.UserInfo}@db.example.com", StringComparison.Ordinal)
                .Replace("db.example.com", $"{url.Host}:{url.Port}", StringComparison.Ordinal);
        }

        text = text
            .Replace("did:plc:…", forum.Forum.Did, StringComparison.Ordinal)
            .Replace("https://relay1.us-east.bsky.network", pds.Origin.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
            .Replace("127.0.0.1:5080", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{adminPort}"), StringComparison.Ordinal)
            .Replace("127.0.0.1:5081", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{sitePort}"), StringComparison.Ordinal)
            .Replace("127.0.0.1:2583", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{demoPort}"), StringComparison.Ordinal);
        // The listener of the demo's PDS, which has that port by default.
        if (text.EndsWith(" demo-pds", StringComparison.Ordinal))
            text += $" --url http://127.0.0.1:{demoPort}";
        if (text.Contains("samples/Atbb.AppView", StringComparison.Ordinal))
            text += $" --gateway 127.0.0.1:{gatewayPort}";
        return MemberName().Replace(RunNumber().Replace(text, "1"), forum.Users[0].Did);
    }

    static bool IsRefusalOfState(string answer)
    {
        using var problem = JsonDocument.Parse(answer);
        return RefusalsOfState.Contains(problem.RootElement.GetProperty("type").GetString());
    }

    static async Task<bool> AnswersAsync(string url)
    {
        using var http = new HttpClient();
        try
        {
            using var answer = await http.GetAsync(url, Ends);
            return answer.StatusCode is HttpStatusCode.OK;
        }
        catch (Exception e) when (AdminClient.IsAway(e))
        {
            return false;
        }
    }

    static void Script(string folder, string name, string lines)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, $"#!/bin/sh\n{lines}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [GeneratedRegex("""^[A-Z]+=\S*\s*(#.*)?$""")]
    private static partial Regex Assignment();

    [GeneratedRegex("""^(psql|pg_dump|pg_restore) """)]
    private static partial Regex OfTheDatabase();

    [GeneratedRegex("""^(atbb|dotnet run -c Release --project (src|samples)/\S+ --|curl|tar|cp) """)]
    private static partial Regex OfOurs();

    [GeneratedRegex("""^(curl |(atbb|dotnet run .* --) (health|runs?|errors|start|retry|pause|resume|cancel|repo|sync)\b)""")]
    private static partial Regex AsksTheService();

    [GeneratedRegex("""\bID\b""")]
    private static partial Regex RunNumber();

    [GeneratedRegex("""\bDID\b""")]
    private static partial Regex MemberName();
}
