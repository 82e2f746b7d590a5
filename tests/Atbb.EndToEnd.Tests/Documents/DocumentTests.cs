using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Atbb.EndToEnd.Tests.Processes;
using Microsoft.Extensions.Logging;
using YamlDotNet.RepresentationModel;

namespace Atbb.EndToEnd.Tests.Documents;

/// <summary>What the documents say is so: their commands are given, their links followed, and their lists held against the program.</summary>
[Collection(Demos.Name)]
public sealed class DocumentTests
{
    /// <summary>Documents with commands that are run here.</summary>
    public static TheoryData<string> WithCommands => [.. Document.All.Where(document => document.Commands.Any(IsRunHere)).Select(document => document.Path)];

    [Theory]
    [MemberData(nameof(WithCommands))]
    public async Task Commands_OfADocument_DoWhatTheyAreGivenFor(string path)
    {
        await using var stage = await DocumentStage.SetAsync();
        foreach (var command in Document.Of(path).Commands.Where(IsRunHere))
        {
            var begun = TimeProvider.System.GetTimestamp();
            await stage.DoAsync(command);
            TestContext.Current.TestOutputHelper?.WriteLine($"{TimeProvider.System.GetElapsedTime(begun).TotalSeconds:F1} s  {command}");
        }
    }

    [Fact]
    public void Commands_OfAllDocuments_StandWhereTheyAreFound()
    {
        Assert.Empty(Document.All.SelectMany(document => document.Stray));
        Assert.All(NotRunHere.All, not => Assert.Contains(Document.All.SelectMany(document => document.Commands), command => command.Text.StartsWith(not.Beginning, StringComparison.Ordinal)));
    }

    [Fact]
    public void Links_OfAllDocuments_LeadSomewhere()
    {
        var files = Checkout.Read("files.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(file => file.Trim().Replace('\\', '/').Replace("../", "", StringComparison.Ordinal)).ToHashSet();
        foreach (var document in Document.All)
            Assert.All(document.Links.Where(link => !link.Contains("://", StringComparison.Ordinal)), link =>
            {
                var parts = link.Split('#');
                var path = parts[0].Length == 0 ? document.Path : Path.GetRelativePath("/", Path.GetFullPath(parts[0], $"/{Path.GetDirectoryName(document.Path)}"));
                Assert.True(files.Contains(path) || files.Any(file => file.StartsWith($"{path}/", StringComparison.Ordinal)), $"{document.Path}: {link}");
                if (parts.Length > 1)
                    Assert.Contains(parts[1], Document.Of(path).Anchors);
            });
    }

    [Theory]
    [InlineData("docs/operate.md", "Atbb.Grains", "Atbb.Indexing", "atbb")]
    [InlineData("docs/appview.md", "Atbb.Client")]
    public void LogEvents_OfTheCode_AreInTheDocument(string path, params string[] assemblies)
    {
        var names = LogEventsOf(assemblies);

        Assert.True(names.Count > 1, $"{names.Count} events were found.");
        Assert.Empty(names.Except(Document.Of(path).Quoted));
        var areas = names.Select(name => name.Split('.')[0]).ToHashSet();
        Assert.Empty(Document.Of(path).Quoted.Where(quoted => Regex.IsMatch(quoted, """^[a-z]+\.[a-z_]+$""") && areas.Contains(quoted.Split('.')[0])).Except(names));
    }

    static HashSet<string> LogEventsOf(params string[] assemblies) => assemblies.SelectMany(assembly => Assembly.Load(assembly).GetTypes())
        .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()?.EventName)
        .OfType<string>()
        .ToHashSet();

    /// <summary>By these names somebody who comes from the class that this service re-implements looks for what happens; decision 99 says what has become of its others.</summary>
    [Theory]
    [InlineData("backfill.decision")]
    [InlineData("backfill.progress")]
    [InlineData("backfill.record_error")]
    [InlineData("backfill.pds_error")]
    [InlineData("backfill.resuming")]
    [InlineData("backfill.completed")]
    [InlineData("backfill.failed")]
    public void LogEvents_OfTheOriginal_HaveItsNames(string name) =>
        Assert.Contains(name, LogEventsOf("Atbb.Grains"));

    [Fact]
    public void Alerts_OfTheRules_HaveALineThatSaysWhatToDo()
    {
        var rules = new YamlStream();
        rules.Load(new StringReader(Checkout.Read("deploy/prometheus/atbb.rules.yml")));
        var alerts = rules.Documents[0].AllNodes.OfType<YamlMappingNode>().Where(rule => rule.Children.ContainsKey("alert")).Select(rule => ((YamlScalarNode)rule["alert"]).Value!);

        Assert.Equal(alerts.Order(StringComparer.Ordinal), Document.Of("docs/operate.md").FirstCells.Where(cell => cell.StartsWith("Atbb", StringComparison.Ordinal) && !cell.Contains(':', StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Ending_AsPromised_IsWhatTheTestsHold() =>
        Assert.Contains($"within {AtbbProcess.ShutdownPromise.TotalSeconds} s the process is gone", Checkout.Read("docs/operate.md"), StringComparison.Ordinal);

    [Fact]
    public void Kubernetes_Example_AsksWhereTheServiceAnswers()
    {
        var example = new YamlStream();
        example.Load(new StringReader(Checkout.Read("docs/kubernetes.yaml")));
        var pod = example.Documents[0].RootNode["spec"]["template"]["spec"];
        var container = pod["containers"][0];
        var variables = ((YamlSequenceNode)container["env"]).ToDictionary(variable => ((YamlScalarNode)variable["name"]).Value!, variable => variable);
        var ports = ((YamlSequenceNode)container["ports"]).ToDictionary(port => $"{port["name"]}", port => $"{port["containerPort"]}");

        Assert.Equal("status.podIP", $"{variables["Atbb__Cluster__Address"]["valueFrom"]["fieldRef"]["fieldPath"]}");
        Assert.Equal($"http://0.0.0.0:{ports["admin"]}", $"{variables["Atbb__Admin__Url"]["value"]}");
        Assert.Equal(ports["silo"], $"{variables["Atbb__Cluster__SiloPort"]["value"]}");
        Assert.Equal(ports["gateway"], $"{variables["Atbb__Cluster__GatewayPort"]["value"]}");
        Assert.InRange(int.Parse($"{pod["terminationGracePeriodSeconds"]}", CultureInfo.InvariantCulture), 2 * AtbbProcess.ShutdownPromise.TotalSeconds, 60);
        Assert.All(["startupProbe", "livenessProbe", "readinessProbe"], probe => Assert.Contains($"`GET {container[probe]["httpGet"]["path"]}`", Checkout.Read("docs/operate.md"), StringComparison.Ordinal));
        // A secret's keys are those that the document makes it with.
        var made = Document.Of("docs/operate.md").Commands.Single(command => command.Text.StartsWith("kubectl create secret", StringComparison.Ordinal)).Text;
        Assert.All(
            variables.Values.Where(variable => variable is YamlMappingNode map && map.Children.ContainsKey("valueFrom") && ((YamlMappingNode)map["valueFrom"]).Children.ContainsKey("secretKeyRef")),
            variable => Assert.Contains($"--from-literal={variable["valueFrom"]["secretKeyRef"]["key"]}=", made, StringComparison.Ordinal));
    }

    static bool IsRunHere(DocumentCommand command) => !NotRunHere.All.Any(not => command.Text.StartsWith(not.Beginning, StringComparison.Ordinal));
}
