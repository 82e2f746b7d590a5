namespace Atbb.Testing.Databases;

/// <summary>A place for SQLite files that goes away with the test.</summary>
public sealed class SqliteFile : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("atbb-sqlite-");

    /// <summary>The path of the index's file, which does not exist yet.</summary>
    public string Path => System.IO.Path.Combine(folder.FullName, "forum.db");

    /// <summary>Removes the files.</summary>
    public void Dispose() => folder.Delete(recursive: true);
}
