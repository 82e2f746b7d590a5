using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Atbb.EndToEnd.Tests.Processes;
using Atbb.Grains;
using Atbb.Sample;
using YamlDotNet.Serialization;

namespace Atbb.EndToEnd.Tests.Containers;

/// <summary>Dockerfile, compose file, and what Prometheus and Grafana are given: whether they go together, and with the project.</summary>
public sealed class ContainerFilesTests
{
    const string Program = "src/Atbb.Silo/Atbb.Silo.csproj";
    const string Site = "samples/Atbb.AppView/Atbb.AppView.csproj";

    /// <summary>What <c>atbb demo-pds</c> makes unless it is told otherwise.</summary>
    internal static readonly SampleForumOptions DemoSize = new() { Users = 400, PostsPerUser = 40 };

    static readonly Dockerfile Image = Dockerfile.Parse(Checkout.Read("Dockerfile"));

    [Fact]
    public void Image_WhatItStarts_IsWhatTheProjectMakes()
    {
        var assembly = XDocument.Load(Checkout.At(Program)).Descendants("AssemblyName").Single().Value;

        Assert.Equal(["dotnet", $"{assembly}.dll"], Image.EntryPoint);
        Assert.Equal([.. Image.EntryPoint, "health"], Image.HealthCommand);
        Assert.True(File.Exists(Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll")));
        Assert.EndsWith("-chiseled", Image.Last("FROM").Single(), StringComparison.Ordinal);
        Assert.Equal("$APP_UID", Image.Last("USER").Single());
        // The base image has no ICU.
        Assert.True(AppContext.TryGetSwitch("System.Globalization.Invariant", out var isInvariant) && isInvariant);
    }

    [Fact]
    public void ImageOfTheSite_WhatItStarts_IsWhatTheSampleMakes()
    {
        var service = Compose().Services["demo-site"];
        var site = Image.Target(service.Target!);
        var assembly = Path.GetFileNameWithoutExtension(Site);

        Assert.Equal(["dotnet", $"{assembly}.dll"], site.EntryPoint);
        Assert.Equal([.. site.EntryPoint, "health"], site.HealthCommand);
        Assert.Equal(site.HealthCommand, service.HealthCommand);
        Assert.Equal("$APP_UID", site.Last("USER").Single());
        Assert.Contains("-chiseled ", site.Last("FROM").Single(), StringComparison.Ordinal);
        Assert.Contains(Image.All("RUN"), run => run.StartsWith($"dotnet publish {Path.GetDirectoryName(Site)} ", StringComparison.Ordinal));
        Assert.All(ProjectsOf(Site), project => Assert.Contains(project.Split('/')[0], Image.All("COPY").Select(copy => copy.Split(' ')[0].TrimEnd('/'))));
        // Whoever takes the service's image gets nothing of it.
        Assert.DoesNotContain(Image.Last("COPY"), copy => copy.Contains("appview", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Image_WhatItRestores_IsEveryProjectOfTheProgram()
    {
        var copied = Image.All("COPY").Select(copy => Regex.Match(copy, """^(src/[\w.]+)/\*\.csproj""")).Where(match => match.Success).Select(match => match.Groups[1].Value);

        Assert.Equal(ProjectsOf(Program).Select(project => Path.GetDirectoryName(project)!).Distinct().Order(StringComparer.Ordinal), copied.Order(StringComparer.Ordinal));
        var let = Checkout.Read(".dockerignore").Split('\n').Where(line => line.StartsWith('!')).Select(line => line[1..].TrimEnd('/'));
        var needed = Image.All("COPY").Where(copy => !copy.StartsWith("--from", StringComparison.Ordinal)).SelectMany(copy => copy.Split(' ')[..^1]).Select(path => path.Split('/')[0]).Distinct();
        Assert.Equal(needed.Order(StringComparer.Ordinal), let.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Compose_Variables_AreInTheExample()
    {
        var text = Checkout.Read("docker-compose.yml");
        var named = EnvFile.Names(Checkout.Read(".env.example"));
        var asked = ComposeFile.Variables(text).Concat(ComposeFile.Parse(text, Filled()).Secrets.Values).ToHashSet();

        Assert.Equal(asked.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
        Assert.All(EnvFile.Parse(Checkout.Read("deploy/demo.env")).Keys, name => Assert.Contains(name, named));
        // A password or a token that everybody can read in a repository is none.
        Assert.All(["POSTGRES_PASSWORD", "ATBB_TOKEN"], name => Assert.Equal("", EnvFile.Parse(Checkout.Read(".env.example"))[name]));
        Assert.Contains("POSTGRES_PASSWORD", Assert.Throws<FormatException>(() => ComposeFile.Parse(text, new Dictionary<string, string> { ["POSTGRES_PASSWORD"] = "" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compose_Services_AreBoundToLoopbackAndFindWhatTheyName()
    {
        var compose = Compose();

        foreach (var (name, service) in compose.Services)
        {
            Assert.All(service.Ports, port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
            Assert.All(service.DependsOn, other => Assert.Contains(other, compose.Services.Keys));
            Assert.All(service.Secrets, secret => Assert.Contains(secret, compose.Secrets.Keys));
            Assert.All(service.Mounts, mount => Assert.True(
                mount[0].StartsWith('.') ? Path.Exists(Checkout.At(mount[0])) && mount[2] == "ro" : compose.Volumes.Contains(mount[0]), $"{name}: {mount[0]}"));
            Assert.True(
                service.IsBuilt || service.IsFromHere || service.Image!.Contains(':', StringComparison.Ordinal), $"{name}: an image without a version is another one tomorrow.");
        }

        // Once each, or the second is refused; and whoever takes one from here finds it.
        var built = compose.Services.Values.Where(service => service.IsBuilt).Select(service => service.Image).ToList();
        Assert.Equal(built.Distinct(), built);
        Assert.All(compose.Services.Values.Where(service => service.IsFromHere), service => Assert.Contains(service.Image, built));

        var published = compose.Services.Values.SelectMany(service => service.Ports).Select(port => port.Split(':')[1]).ToList();
        Assert.Equal(published.Distinct(), published);
        Assert.All(Silos(compose), silo =>
        {
            Assert.Equal(Image.HealthCommand, silo.Value.HealthCommand);
            Assert.Equal(silo.Key, silo.Value.HostName);
            Assert.Equal(silo.Key, silo.Value.Environment["Atbb__Cluster__Address"]);
            Assert.Equal("", ComposeFile.Parse(Checkout.Read("docker-compose.yml"), new Dictionary<string, string> { ["POSTGRES_PASSWORD"] = "x" }).Services[silo.Key].Environment["Atbb__Admin__Token"]);
        });
        Assert.Equal(2, Silos(compose).Count());
        Assert.Equal(["demo-pds", "demo-site"], compose.Services.Where(service => service.Value.Profiles.Contains("demo")).Select(service => service.Key));
    }

    [Fact]
    public void Compose_Text_IsWhatTheSpecificationAdmits() => Assert.Empty(ComposeSchema.FindFaults(Checkout.Read("docker-compose.yml")));

    [Theory]
    [InlineData("services: {a: {image: x, healtcheck: {disable: true}}}", "services.a.healtcheck: is not known")]
    [InlineData("services: {a: {image: [x]}}", "services.a.image: is no text")]
    [InlineData("services: {a: {depends_on: {b: {condition: service_ready}}}}", "services.a.depends_on.b.condition: is none of service_started, service_healthy, service_completed_successfully")]
    [InlineData("services: {a: {depends_on: {b: {required: false}}}}", "services.a.depends_on.b.condition: is missing")]
    [InlineData("services: {a: {depends_on: {b: {condition: service_started, required: maybe}}}}", "services.a.depends_on.b.required: is not true or false")]
    [InlineData("services: {a: {healthcheck: {interval: 10}}}", "services.a.healthcheck.interval: is no text")]
    [InlineData("services: {a: {healthcheck: {retries: often}}}", "services.a.healthcheck.retries: is no number")]
    [InlineData("services: {a: {profiles: [demo, demo]}}", "services.a.profiles: says something twice")]
    [InlineData("services: {a: {environment: {A: [1]}}}", "services.a.environment.A: is no single value")]
    [InlineData("services: {a: {build: {contxt: .}}}", "services.a.build.contxt: is not known")]
    [InlineData("secrets: {a: {environment: 5}}", "secrets.a.environment: is no text")]
    [InlineData("servces: {}", "servces: is not known")]
    public void ComposeSchema_OneFault_IsNamed(string text, string fault) => Assert.Equal([fault], ComposeSchema.FindFaults(text));

    [Fact]
    public void Compose_NothingSet_GivesTheProgramsOwnDefaults()
    {
        var silo = ComposeFile.Parse(Checkout.Read("docker-compose.yml"), new Dictionary<string, string> { ["POSTGRES_PASSWORD"] = "x" }).Services["silo-1"].Environment;
        var backfill = new BackfillOptions();

        Assert.Equal($"{backfill.Concurrency}", silo["BACKFILL_CONCURRENCY"]);
        Assert.Equal($"{backfill.CursorMaxAgeHours}", silo["BACKFILL_CURSOR_MAX_AGE_HOURS"]);
    }

    [Fact]
    public void Compose_Services_AreAskedWhetherTheyAreReadyByWhatIsInTheirImages()
    {
        var compose = Compose();

        Assert.All(compose.Services, service => Assert.True(service.Value.HasHealthCheck, $"{service.Key} has no health check."));
        // Inside the container, so on the port there.
        foreach (var (name, program) in new[] { ("prometheus", "promtool"), ("grafana", "curl") })
        {
            var service = compose.Services[name];
            Assert.Equal(program, service.HealthCommand[0]);
            Assert.Contains($"http://127.0.0.1:{Assert.Single(service.Ports).Split(':')[^1]}", service.HealthCommand[^1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Compose_Silos_AreGivenLongerToEndThanTheyTake()
    {
        var silos = Silos(Compose()).ToList();

        Assert.Equal(2, silos.Count);
        Assert.All(silos, static silo => Assert.InRange(silo.Value.StopGracePeriod, 2 * AtbbProcess.ShutdownPromise, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void Demo_Forum_IsTheOneThatItsPdsServes()
    {
        var demo = EnvFile.Parse(Checkout.Read("deploy/demo.env"));
        var pds = Compose().Services["demo-pds"].Command;

        Assert.Equal(SampleForum.Generate(DemoSize).Forum.Did, demo["FORUM_DID"]);
        Assert.Equal(demo["ATBB_PLC_DIRECTORY"], pds[^1]);
        Assert.Equal(demo["ATBB_RELAYS"], pds[^1]);
    }

    [Fact]
    public void Prometheus_WhatItIsGiven_IsMountedAndNamesTheSilos()
    {
        var compose = Compose();
        var prometheus = compose.Services["prometheus"];
        var settings = Yaml("deploy/prometheus/prometheus.yml");
        var scrape = ComposeFile.Map(Assert.Single((IList<object>)settings["scrape_configs"]!));

        Assert.All((IList<object>)settings["rule_files"]!, rules => Assert.Contains(prometheus.Mounts, mount => mount[1] == (string)rules));
        Assert.Contains(prometheus.Mounts, mount => mount[1] == "/etc/prometheus/prometheus.yml");
        Assert.Equal(Silos(compose).Select(silo => $"{silo.Key}:{new Uri(silo.Value.Environment["Atbb__Admin__Url"]).Port}"), PrometheusSettings.Read().Targets);
        Assert.Contains($"up{{job=\"{scrape["job_name"]}\"}}", Checkout.Read("deploy/prometheus/atbb.rules.yml"), StringComparison.Ordinal);
        Assert.Contains(Path.GetFileName(PrometheusSettings.Read().TokenFile), prometheus.Secrets);
        Assert.StartsWith("/run/secrets/", PrometheusSettings.Read().TokenFile, StringComparison.Ordinal);
    }

    [Fact]
    public void Grafana_WhatItIsGiven_LeadsFromTheDashboardToPrometheus()
    {
        var compose = Compose();
        var grafana = compose.Services["grafana"];
        var source = ComposeFile.Map(Assert.Single((IList<object>)Yaml("deploy/grafana/provisioning/datasources/prometheus.yml")["datasources"]!));
        var provider = ComposeFile.Map(Assert.Single((IList<object>)Yaml("deploy/grafana/provisioning/dashboards/atbb.yml")["providers"]!));
        using var dashboard = JsonDocument.Parse(Checkout.Read("deploy/grafana/atbb-backfill.json"));

        Assert.Contains(grafana.Mounts, mount => mount[1] == "/etc/grafana/provisioning");
        Assert.Equal("http://prometheus:9090", source["url"]);
        Assert.Contains("prometheus", compose.Services.Keys);
        Assert.Equal("true", source["isDefault"]);
        // The variable offers every source of that type, and each panel takes the one that was chosen.
        var variable = dashboard.RootElement.GetProperty("templating").GetProperty("list").EnumerateArray().Single(item => item.GetProperty("type").GetString() == "datasource");
        Assert.Equal(source["type"], variable.GetProperty("query").GetString());
        Assert.All(
            dashboard.RootElement.GetProperty("panels").EnumerateArray().Where(panel => panel.TryGetProperty("datasource", out _)),
            panel => Assert.Equal($"${{{variable.GetProperty("name").GetString()}}}", panel.GetProperty("datasource").GetProperty("uid").GetString()));
        var folder = (string)ComposeFile.Map(provider["options"])["path"]!;
        Assert.Contains(grafana.Mounts, mount => mount[1] == $"{folder}/atbb-backfill.json");
        Assert.Equal($"{folder}/atbb-backfill.json", grafana.Environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]);
        // Its own default is an account whose password everybody knows.
        Assert.Equal("true", grafana.Environment["GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"]);
    }

    internal static ComposeFile Compose() => ComposeFile.Parse(Checkout.Read("docker-compose.yml"), Filled());

    /// <summary>The services that run <c>atbb serve</c>.</summary>
    internal static IEnumerable<KeyValuePair<string, ComposeService>> Silos(ComposeFile compose) => compose.Services.Where(service => service.Value.Command is ["serve", ..]);

    /// <summary>The example with passwords and a token, and the demo's forum over it.</summary>
    internal static Dictionary<string, string> Filled()
    {
        var environment = EnvFile.Parse(Checkout.Read(".env.example"));
        foreach (var name in environment.Keys)
            environment[name] = $"0123456789abcdef-{name}".ToLowerInvariant();
        foreach (var (name, value) in EnvFile.Parse(Checkout.Read("deploy/demo.env")))
            environment[name] = value;
        return environment;
    }

    static IReadOnlyDictionary<string, object?> Yaml(string path) => ComposeFile.Map(new Deserializer().Deserialize(Checkout.Read(path)));

    static HashSet<string> ProjectsOf(string project)
    {
        var folder = Path.GetDirectoryName(project)!;
        return
        [
            project,
            .. XDocument.Load(Checkout.At(project)).Descendants("ProjectReference")
                .Select(reference => Path.GetRelativePath(Checkout.Folder, Path.GetFullPath(Path.Combine(Checkout.At(folder), reference.Attribute("Include")!.Value))))
                .SelectMany(ProjectsOf),
        ];
    }
}
