using System.Diagnostics;
using System.Runtime.InteropServices;
using Atbb.Bench.Processes;

namespace Atbb.Bench.Contenders;

/// <summary>A build of the service.</summary>
/// <param name="Name">What it is called in the tables.</param>
/// <param name="Program">Its executable.</param>
sealed record Contender(string Name, string Program)
{
    const string Solution = "Atbb.Orleans.sln";
    const string Service = "src/Atbb.Silo";

    // A compiler that waits for more work would outlive the build, and share the machine with what is measured.
    static readonly string[] NoServers = ["-nodeReuse:false", "-p:UseSharedCompilation=false"];

    /// <summary>The build that this benchmark was built with.</summary>
    public static Contender This { get; } = new("this", Path.Combine(AppContext.BaseDirectory, "atbb"));

    /// <summary>Whether it brings its runtime along, as what is published does: then it is compiled ahead.</summary>
    public bool IsPublished => !File.Exists(Beside("atbb.dll")) || File.Exists(Beside("libcoreclr.so"));

    /// <summary>The build that this benchmark was built with or, published, another one of the same checkout.</summary>
    public static Task<ContenderLease> FindOwnAsync(BuildKind kind, CancellationToken cancellationToken) => kind is BuildKind.Plain
        ? Task.FromResult(new ContenderLease(This))
        : LeaseAsync(This.Name, kind, _ => Task.FromResult(Checkout()), cancellationToken);

    /// <summary>The plainest loop, which is no build of the service: what the work takes without all that the service promises.</summary>
    public static Task<ContenderLease> FindPlainLoopAsync(BuildKind kind, CancellationToken cancellationToken)
    {
        const string name = "plain loop";
        const string program = "Atbb.PlainLoop";
        return kind is BuildKind.Plain
            ? Task.FromResult(new ContenderLease(new Contender(name, Path.Combine(AppContext.BaseDirectory, program))))
            : LeaseAsync(name, async lease => Path.Combine(await PublishAsync(Checkout(), $"bench/{program}", [], lease, cancellationToken), program));
    }

    /// <summary>Another one: an executable as it is, a checkout (built where it is), or a commit or branch (built in a worktree that goes with the lease).</summary>
    public static Task<ContenderLease> FindAsync(string against, BuildKind kind, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(against);
        if (File.Exists(path))
            return Task.FromResult(new ContenderLease(new Contender(Path.GetFileName(path), path)));
        return File.Exists(Path.Combine(path, Solution))
            ? LeaseAsync(Path.GetFileName(path), kind, _ => Task.FromResult(path), cancellationToken)
            : LeaseAsync(against, kind, lease => AddWorktreeAsync(against, lease), cancellationToken);
    }

    static Task<ContenderLease> LeaseAsync(string name, BuildKind kind, Func<ContenderLease, Task<string>> checkOut, CancellationToken cancellationToken) =>
        LeaseAsync(name, async lease => await BuildAsync(await checkOut(lease), kind, lease, cancellationToken));

    static async Task<ContenderLease> LeaseAsync(string name, Func<ContenderLease, Task<string>> make)
    {
        var lease = new ContenderLease(new Contender(name, ""));
        try
        {
            lease.Contender = new Contender(name, await make(lease));
            return lease;
        }
        catch
        {
            await lease.DisposeAsync();
            throw;
        }
    }

    static async Task<string> AddWorktreeAsync(string commit, ContenderLease lease)
    {
        var worktree = Path.Combine(Path.GetTempPath(), $"atbb-bench-{Path.GetRandomFileName()}");
        lease.Add(async () =>
        {
            if (Directory.Exists(worktree))
                await ToEndAsync("git", ["worktree", "remove", "--force", worktree], Checkout(), CancellationToken.None);
        });
        // To its end, which is a matter of seconds: killed halfway it would leave a worktree that is locked.
        await ToEndAsync("git", ["worktree", "add", "--detach", worktree, commit], Checkout(), CancellationToken.None);
        return worktree;
    }

    static async Task<string> BuildAsync(string checkout, BuildKind kind, ContenderLease lease, CancellationToken cancellationToken)
    {
        switch (kind)
        {
            case BuildKind.Plain:
                await ToEndAsync("dotnet", ["build", "-c", "Release", Service, .. NoServers], checkout, cancellationToken);
                return Path.Combine(checkout, Service, "bin", "Release", "net10.0", "atbb");
            case BuildKind.Published or BuildKind.PublishedWithoutProfile:
                return Path.Combine(await PublishAsync(checkout, Service, ProfileArguments(kind), lease, cancellationToken), "atbb");
            default:
                throw new InvalidOperationException($"There is no build that is {kind}.");
        }
    }

    static async Task<string> PublishAsync(string checkout, string project, string[] more, ContenderLease lease, CancellationToken cancellationToken)
    {
        var output = Directory.CreateTempSubdirectory("atbb-bench-publish-");
        lease.Add(() =>
        {
            output.Delete(recursive: true);
            return Task.CompletedTask;
        });
        await ToEndAsync("dotnet", ["publish", project, "-c", "Release", "-r", Platform(), "-o", output.FullName, .. more, .. NoServers], checkout, cancellationToken);
        return output.FullName;
    }

    static string[] ProfileArguments(BuildKind kind) => kind is BuildKind.PublishedWithoutProfile ? ["-p:PublishWithProfile=false"] : [];

    // A distribution's own .NET calls itself by the distribution, for which there are no packages.
    static string Platform() => RuntimeInformation.RuntimeIdentifier is var own && own.StartsWith("linux-", StringComparison.Ordinal)
        ? own
        : $"linux-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";

    string Beside(string file) => Path.Combine(Path.GetDirectoryName(Program)!, file);

    /// <summary>The folder that this benchmark was built in.</summary>
    /// <exception cref="BenchException">It was taken elsewhere.</exception>
    public static string Checkout()
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
