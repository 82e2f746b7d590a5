using System.Diagnostics;
using Atbb.Bench.Processes;

namespace Atbb.Bench.Contenders;

/// <summary>A build of the service.</summary>
/// <param name="Name">What it is called in the tables.</param>
/// <param name="Program">Its executable.</param>
sealed record Contender(string Name, string Program)
{
    const string Solution = "Atbb.Orleans.sln";

    // A compiler that waits for more work would outlive the build, and share the machine with what is measured.
    static readonly string[] NoServers = ["-nodeReuse:false", "-p:UseSharedCompilation=false"];

    /// <summary>The build that this benchmark was built with.</summary>
    public static Contender This { get; } = new("this", Path.Combine(AppContext.BaseDirectory, "atbb"));

    /// <summary>Another one: an executable, a checkout (which is built), or a git ref (which is built in a worktree that goes with the lease).</summary>
    public static async Task<ContenderLease> FindAsync(string against, CancellationToken cancellationToken)
    {
        if (File.Exists(against))
            return new ContenderLease(new Contender(Path.GetFileName(against), Path.GetFullPath(against)), null);
        if (File.Exists(Path.Combine(against, Solution)))
            return new ContenderLease(new Contender(Path.GetFileName(Path.GetFullPath(against)), await BuildAsync(Path.GetFullPath(against), cancellationToken)), null);

        var worktree = Path.Combine(Path.GetTempPath(), $"atbb-bench-{Path.GetRandomFileName()}");
        var lease = new ContenderLease(new Contender(against, ""), () => RemoveAsync(worktree));
        try
        {
            // To its end, which is a matter of seconds: killed halfway it would leave a worktree that is locked.
            await ToEndAsync("git", ["worktree", "add", "--detach", worktree, against], Checkout(), CancellationToken.None);
            return lease with { Contender = new Contender(against, await BuildAsync(worktree, cancellationToken)) };
        }
        catch
        {
            await lease.DisposeAsync();
            throw;
        }
    }

    static async Task RemoveAsync(string worktree)
    {
        if (Directory.Exists(worktree))
            await ToEndAsync("git", ["worktree", "remove", "--force", worktree], Checkout(), CancellationToken.None);
    }

    static async Task<string> BuildAsync(string checkout, CancellationToken cancellationToken)
    {
        await ToEndAsync("dotnet", ["build", "-c", "Release", "src/Atbb.Silo", .. NoServers], checkout, cancellationToken);
        return Path.Combine(checkout, "src", "Atbb.Silo", "bin", "Release", "net10.0", "atbb");
    }

    static string Checkout()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, Solution)))
                return folder.FullName;
        throw new BenchException("The benchmark does not stand in a checkout: name the other build by its executable.");
    }

    static async Task ToEndAsync(string program, string[] arguments, string folder, CancellationToken cancellationToken)
    {
        await Console.Error.WriteLineAsync($"{program} {string.Join(' ', arguments)}");
        var temporary = Directory.CreateTempSubdirectory("atbb-bench-build-");
        try
        {
            var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder };
            ChildEnvironment.SetTemporary(start, temporary.FullName);
            await using var child = ChildProcess.Start(start);
            await child.EndAsync(cancellationToken);
            await child.MustHaveSucceededAsync();
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }
}
