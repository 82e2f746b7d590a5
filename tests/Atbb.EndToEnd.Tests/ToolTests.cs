using System.Diagnostics;
using Atbb.EndToEnd.Tests.Processes;

namespace Atbb.EndToEnd.Tests;

/// <summary>The service as a .NET tool: packed, installed and run as the documents say.</summary>
public sealed class ToolTests : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("atbb-tool-");

    [Fact]
    public async Task Tool_PackedAndInstalled_SaysItsVersionAndRunsTheDemo()
    {
        var packages = Path.Combine(folder.FullName, "packages");
        // From there alone: an install that finds nothing must not look for it on the Internet.
        var sources = Path.Combine(folder.FullName, "nuget.config");
        await File.WriteAllTextAsync(sources, $"""<configuration><packageSources><clear /><add key="here" value="{packages}" /></packageSources></configuration>""", TestContext.Current.CancellationToken);

        await RunAsync("dotnet", "pack", Path.Combine(Root(), "src", "Atbb.Silo"), "-c", "Release", "--no-build", "-o", packages);
        await RunAsync("dotnet", "tool", "install", "Atbb.Orleans", "--configfile", sources, "--tool-path", Path.Combine(folder.FullName, "tool"));
        var atbb = Path.Combine(folder.FullName, "tool", OperatingSystem.IsWindows() ? "atbb.exe" : "atbb");
        var version = await RunAsync(atbb, "--version");
        var demo = await RunAsync(atbb, "demo", "--exit", "--users", "5", "--json");

        Assert.Matches(@"^\d+\.\d+\.\d+", version);
        Assert.Equal("completed", RunFigures.Parse(demo).Status);
    }

    public void Dispose() => folder.Delete(recursive: true);

    async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder.FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["MSBUILDDISABLENODEREUSE"] = "1", ["DOTNET_NOLOGO"] = "1" },
        })!;
        Orphans.Watch(process.Id);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Orphans.Forget(process.Id);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}\n{output}\n{await errors}");
        return output;
    }

    static string Root()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Atbb.Orleans.sln")))
            at = at.Parent ?? throw new InvalidOperationException("The tests do not run from their repository.");
        return at.FullName;
    }
}
