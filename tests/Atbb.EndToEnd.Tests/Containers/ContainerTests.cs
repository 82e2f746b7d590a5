using System.Net;
using System.Net.Http.Headers;
using Atbb.EndToEnd.Tests.Processes;
using Atbb.EndToEnd.Tests.Telemetry;
using Atbb.Sample;
using Atbb.Testing.Databases;
using Npgsql;

namespace Atbb.EndToEnd.Tests.Containers;

/// <summary>
/// What the compose file starts, without an engine for containers: the same commands with the same environment and the same ports, as processes on a network of
/// loopback addresses.
/// </summary>
public sealed class ContainerTests : IDisposable
{
    readonly Dockerfile image = Dockerfile.Parse(Checkout.Read("Dockerfile"));
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("atbb-containers-");

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Compose_WithTheDemo_IsAClusterThatReadsTheForumAndIsWatched()
    {
        Assert.SkipWhen(PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
        var environment = ContainerFilesTests.Filled();
        var compose = ContainerFilesTests.Compose();
        var network = new ContainerNetwork(await PostgresAsync(compose.Services["postgres"]));
        var token = environment["ATBB_TOKEN"];

        await using var pds = Start(compose, network, "demo-pds");
        await Poll.UntilAsync(_ => Task.FromResult(pds.Output.Contains("Forum:", StringComparison.Ordinal) || pds.HasEnded ? "listens" : null), AtbbProcess.Patience, () => $"the demo's PDS.\n{pds}");
        Assert.True(await HealthAsync(compose, network, "silo-1") != 0, "Nobody listens there, and the health check is content.");

        // It keeps the first silo waiting for its answers, so that there is something left to read when the second has come.
        await pds.SignalAsync("STOP");
        await using var one = Start(compose, network, "silo-1");
        await using var two = Start(compose, network, "silo-2");
        foreach (var (name, process) in new[] { ("silo-1", one), ("silo-2", two) })
            await Poll.UntilAsync(
                async _ => process.HasEnded ? "ended" : await HealthAsync(compose, network, name) == 0 ? "healthy" : null, AtbbProcess.Patience, () => $"{name} to be healthy.\n{process}");

        await pds.SignalAsync("CONT");

        // Nobody has asked for a run: the index is empty, and the first silo sees that by itself.
        using var admin = new AdminClient(new Uri($"http://{network.AddressOf("silo-2")}:5080"), token);
        await admin.CompletedAsync(two);
        // The first: nobody keeps a cursor of the firehose here, so a silo that starts after it asks for another.
        var run = (await admin.RunsAsync())[^1];
        Assert.Equal(("full_sync", SampleForum.Generate(ContainerFilesTests.DemoSize).RecordCount, 0), (run.Type, run.RecordsIndexed, run.RecordsFailed));

        var slices = (await ScrapeAsync(compose, network, environment)).Select(metrics => metrics.Of("atbb_repo_slices_total").Sum(sample => sample.Value)).ToList();
        Assert.Equal(2, slices.Count);
        Assert.All(slices, read => Assert.True(read > 0, $"One of the silos has read nothing: {string.Join(", ", slices)}.\n{one}\n{two}"));

        Assert.True(await HealthAsync(compose, network, "demo-site") != 0, "Nobody listens there, and the health check is content.");
        await using var site = Start(compose, network, "demo-site");
        await Poll.UntilAsync(
            async _ => site.HasEnded ? "ended" : await HealthAsync(compose, network, "demo-site") == 0 ? "healthy" : null, AtbbProcess.Patience, () => $"the forum site to be healthy.\n{site}");
        Assert.Contains("""href="/boards/""", await ReadAsync(network, "/"), StringComparison.Ordinal);
        // From the silos, which it has found in the database.
        await Poll.UntilAsync(
            async _ => await ReadAsync(network, "/backfill") is var page && page.Contains("has read everything to its end", StringComparison.Ordinal) ? page : null,
            AtbbProcess.Patience, () => $"the site to hear of the run.\n{site}");

        foreach (var (name, process) in new[] { ("demo-site", site), ("silo-2", two), ("silo-1", one), ("demo-pds", pds) })
        {
            await process.SignalAsync("TERM");
            Assert.True(await process.ExitAsync(AtbbProcess.ShutdownPatience) == 0, $"{process}");
        }
    }

    [Fact]
    public async Task Compose_WithoutAToken_StartsNoSilo()
    {
        var environment = ContainerFilesTests.Filled();
        environment["ATBB_TOKEN"] = "";
        var compose = ComposeFile.Parse(Checkout.Read("docker-compose.yml"), environment);
        await using var silo = AtbbProcess.Start(folder.FullName, compose.Services["silo-1"].Command, compose.Services["silo-1"].Environment.ToDictionary(variable => variable.Key, variable => (string?)variable.Value));

        Assert.True(await silo.ExitAsync() == 2, $"{silo}");
        Assert.Contains("Atbb:Admin:Token", silo.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>Makes of one of the tests' databases what the image makes of its environment.</summary>
    /// <returns>Where it is, as host and port.</returns>
    static async Task<string> PostgresAsync(ComposeService service)
    {
        var server = await PostgresServer.SharedAsync();
        var url = new Uri(server.Url("postgres"));
        var (user, password, database) = (service.Environment["POSTGRES_USER"], service.Environment["POSTGRES_PASSWORD"], service.Environment["POSTGRES_DB"]);
        await using var source = NpgsqlDataSource.Create($"Host={url.Host};Port={url.Port};Database=postgres;Username={url.UserInfo.Split(':')[0]};Password={url.UserInfo.Split(':')[1]}");
        foreach (var statement in new[] { $"create role {user} superuser login password '{password}'", $"create database {database} owner {user}" })
        {
            await using var command = source.CreateCommand(statement);
            await command.ExecuteNonQueryAsync(Ends);
        }

        return url.Authority[(url.Authority.IndexOf('@', StringComparison.Ordinal) + 1)..];
    }

    AtbbProcess Start(ComposeFile compose, ContainerNetwork network, string name) => Run(compose, network, name, compose.Services[name].Command);

    async Task<int> HealthAsync(ComposeFile compose, ContainerNetwork network, string name)
    {
        await using var check = Run(compose, network, name, [.. compose.Services[name].HealthCommand.Skip(ImageOf(compose.Services[name]).EntryPoint.Count)]);
        return await check.ExitAsync();
    }

    AtbbProcess Run(ComposeFile compose, ContainerNetwork network, string name, IReadOnlyList<string> arguments)
    {
        var service = compose.Services[name];
        // What the service says comes after the image.
        var environment = ImageOf(service).Environment.Concat(service.Environment).GroupBy(variable => variable.Key)
            .ToDictionary(variable => variable.Key, variable => (string?)network.Variable(name, variable.Last().Value, compose.Services.Keys));
        var (at, given) = (folder.CreateSubdirectory(name).FullName, arguments.Select(argument => network.Argument(name, argument, compose.Services.Keys)).ToList());
        return service.Target is null ? AtbbProcess.Start(at, given, environment) : AtbbProcess.StartSite(at, given, environment);
    }

    Dockerfile ImageOf(ComposeService service) => service.Target is { } stage ? image.Target(stage) : image;

    static async Task<string> ReadAsync(ContainerNetwork network, string path)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync($"http://{network.AddressOf("demo-site")}:8080{path}", Ends);
    }

    /// <summary>Asks whom Prometheus asks, in its way.</summary>
    static async Task<IReadOnlyList<MetricsText>> ScrapeAsync(ComposeFile compose, ContainerNetwork network, Dictionary<string, string> environment)
    {
        var settings = PrometheusSettings.Read();
        using var http = new HttpClient();
        List<MetricsText> found = [];
        foreach (var url in settings.Targets.Select(target => $"http://{network.Argument("prometheus", target, compose.Services.Keys)}{settings.Path}"))
        {
            using (var stranger = await http.GetAsync(url, Ends))
                Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", environment[compose.Secrets[Path.GetFileName(settings.TokenFile)]]);
            using var answer = await http.SendAsync(request, Ends);
            found.Add(MetricsText.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Ends)));
        }

        return found;
    }
}
