using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;
using Atbb.EndToEnd.Tests.Processes;
using Atbb.Sample;

namespace Atbb.EndToEnd.Tests;

/// <summary>
/// What <c>dotnet pack</c> makes of what was built with these tests: the tool, which is installed and run, and the client, which an application is built on. Nothing is
/// fetched: the only source is the folder with the packages, and others' packages are where the build has them from.
/// </summary>
[Collection(Demos.Name)]
public sealed class PackageTests : IDisposable
{
    static readonly DirectoryInfo Output = new(AppContext.BaseDirectory);
    static readonly string Configuration = Output.Parent!.Name;

    static readonly Dictionary<string, string?> Quiet = new() { ["MSBUILDDISABLENODEREUSE"] = "1", ["DOTNET_NOLOGO"] = "1", ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1" };

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("atbb-package-");

    string Packages => Path.Combine(folder.FullName, "packages");

    [Fact]
    public async Task Tool_PackedAndInstalled_RunsTheDemo()
    {
        await PackAsync("Atbb.Silo");
        await DotNetAsync("tool install Atbb.Orleans --tool-path tools");

        var demo = await ShellAsync("exec tools/atbb demo --exit --folder demo --users 4 --posts 2");

        // Programs, SQLite's library and the page's files: all of it has come along.
        Assert.Equal(SampleForum.Generate(new() { Users = 4, PostsPerUser = 2 }).RecordCount, RunFigures.Parse(demo.TrimEnd().Split('\n')[^1]).RecordsIndexed);
        var help = await ShellAsync("exec tools/atbb demo --help");
        Assert.Contains("--users", help, StringComparison.Ordinal);
    }

    /// <summary>The others are packed, and looked at, where they are used.</summary>
    [Fact]
    public Task Protocol_Packed_SaysWhatItIs() => PackAsync("Atbb.AtProto");

    [Fact]
    public async Task Client_PackedAndReferenced_IsAllThatAnApplicationNeeds()
    {
        await PackAsync("Atbb.Grains.Interfaces");
        await PackAsync("Atbb.Client");
        File.WriteAllText(Path.Combine(folder.FullName, "app.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>{Output.Name}</TargetFramework>
                <OutputType>Exe</OutputType>
                <ImplicitUsings>enable</ImplicitUsings>
                <UseAppHost>false</UseAppHost>
                <NuGetAudit>false</NuGetAudit>
                <RestorePackagesPath>restored</RestorePackagesPath>
                <RestoreFallbackFolders>{string.Join(';', Restored())}</RestoreFallbackFolders>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Atbb.Client" Version="*" />
              </ItemGroup>
            </Project>
            """);
        // As docs/appview.md has it, and what it is told where nobody is.
        File.WriteAllText(Path.Combine(folder.FullName, "Program.cs"), """
            using Atbb.Client;
            using Atbb.Grains.Interfaces.Runs;

            await using var atbb = new AtbbClient(new AtbbClientOptions { ForumDid = "did:plc:forum", Gateway = "127.0.0.1:9", Patience = TimeSpan.FromMilliseconds(100) });
            try
            {
                await atbb.StartAsync(RunType.FullSync);
            }
            catch (BackfillUnreachableException)
            {
                Console.WriteLine("Nobody answers.");
            }
            """);
        await DotNetAsync("build -o out -v quiet");

        // Of ours these two, and nothing of the service.
        Assert.Equal(["atbb.client", "atbb.grains.interfaces"], Directory.GetDirectories(Path.Combine(folder.FullName, "restored")).Select(Path.GetFileName).Order());
        var app = await ShellAsync("exec dotnet out/app.dll");
        Assert.Contains("Nobody answers.", app, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Delete(recursive: true);

    async Task PackAsync(string project)
    {
        File.WriteAllText(Path.Combine(folder.FullName, "nuget.config"), $"""
            <configuration><packageSources><clear /><add key="packages" value="{Packages}" /></packageSources></configuration>
            """);
        var before = Packed();
        await DotNetAsync($"pack '{SourceOf(project)}' -c {Configuration} --no-build -v quiet -o '{Packages}'");
        AssertDescribed(Assert.Single(Packed().Except(before)));
    }

    string[] Packed() => Directory.Exists(Packages) ? Directory.GetFiles(Packages, "*.nupkg") : [];

    // What a gallery shows of a package.
    static void AssertDescribed(string package)
    {
        using var zip = ZipFile.OpenRead(package);
        var about = XDocument.Load(zip.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open()).Root!.Elements().Single();
        string? Said(string name) => about.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value;

        Assert.Equal("README.md", Said("readme"));
        Assert.NotEqual("Package Description", Said("description"));
        using var readme = new StreamReader(zip.GetEntry("README.md")!.Open());
        Assert.StartsWith($"# {Said("id")}\n", readme.ReadToEnd().ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    Task<string> DotNetAsync(string arguments) => ShellAsync($"exec dotnet {arguments}");

    async Task<string> ShellAsync(string line)
    {
        await using var process = AtbbProcess.StartShell(folder.FullName, line, Quiet);
        // A build, beside the silos of other tests.
        Assert.True(await process.ExitAsync(3 * AtbbProcess.Patience) == 0, $"{process}");
        return process.Output;
    }

    // These tests are at tests/NAME/bin/CONFIGURATION/FRAMEWORK of the checkout that they were built in.
    static string SourceOf(string project) => Path.Combine(Output.Parent!.Parent!.Parent!.Parent!.Parent!.FullName, "src", project);

    // Where the build has others' packages from.
    static IReadOnlyList<string> Restored()
    {
        using var assets = JsonDocument.Parse(File.ReadAllText(Path.Combine(SourceOf("Atbb.Client"), "obj", "project.assets.json")));
        return [.. assets.RootElement.GetProperty("packageFolders").EnumerateObject().Select(static folder => folder.Name)];
    }
}
