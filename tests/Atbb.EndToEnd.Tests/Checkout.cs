namespace Atbb.EndToEnd.Tests;

/// <summary>Files of the repository, as they lie beside the tests: a build that maps paths away leaves no other way to them.</summary>
static class Checkout
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "checkout");

    /// <summary>The path of a file or folder of the repository.</summary>
    public static string At(string path) => Path.Combine(Folder, path);

    /// <summary>What a file of the repository says.</summary>
    public static string Read(string path) => File.ReadAllText(At(path));
}
