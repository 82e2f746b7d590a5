using System.Diagnostics;

namespace Atbb.Bench.Contenders;

/// <summary>A build of the service.</summary>
/// <param name="Name">What it is called in the tables.</param>
/// <param name="Program">Its executable.</param>
sealed record Contender(string Name, string Program)
{
    const string Solution = "Atbb.Orleans.sln";

    /// <summary>The build that this benchmark was built with.</summary>
    public static Contender This { get; } = new("this", Path.Combine(AppContext.BaseDirectory, "atbb"));

    /// <summary>Another one: an executable, a checkout (which is built), or a git ref (which is built in a worktree that goes with the lease).</summary>
    public static async Task<ContenderLease> FindAsync(string against)
    {
        if (File.Exists(against))
            return new ContenderLease(new Contender(Path.GetFileName(against), Path.GetFullPath(against)), null);
        if (File.Exists(Path.Combine(against, Solution)))
            return new ContenderLease(new Contender(Path.GetFileName(Path.GetFullPath(against)), await BuildAsync(Path.GetFullPath(against))), null);

        var worktree = Path.Combine(Path.GetTempPath(), $"atbb-bench-{Path.GetRandomFileName()}");
        await ToEndAsync("git", ["worktree", "add", "--detach", worktree, against], Checkout());
        var lease = new ContenderLease(new Contender(against, ""), () => ToEndAsync("git", ["worktree", "remove", "--force", worktree], Checkout()));
        try
        {
            return lease with { Contender = new Contender(against, await BuildAsync(worktree)) };
        }
        catch
        {
            await lease.DisposeAsync();
            throw;
        }
    }

    static async Task<string> BuildAsync(string checkout)
    {
        await ToEndAsync("dotnet", ["build", "-c", "Release", "src/Atbb.Silo"], checkout);
        return Path.Combine(checkout, "src", "Atbb.Silo", "bin", "Release", "net10.0", "atbb");
    }

    static string Checkout()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, Solution)))
                return folder.FullName;
        throw new BenchException("The benchmark does not stand in a checkout: name the other build by its executable.");
    }

    static async Task ToEndAsync(string program, string[] arguments, string folder)
    {
        await Console.Error.WriteLineAsync($"{program} {string.Join(' ', arguments)}");
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new BenchException($"{program} {string.Join(' ', arguments)} ended with status {process.ExitCode}.\n{await output}{await errors}");
    }
}
