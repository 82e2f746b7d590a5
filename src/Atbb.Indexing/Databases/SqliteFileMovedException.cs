namespace Atbb.Indexing.Databases;

/// <summary>The file of a SQLite database was removed or replaced while this process worked in it.</summary>
sealed class SqliteFileMovedException(string file)
    : IOException($"{file} was removed or replaced while this process worked in it");
