namespace Atbb.Indexing.Databases;

/// <summary>The databases an index can stand in.</summary>
public enum DatabaseKind
{
    /// <summary>A server that several silos share.</summary>
    PostgreSql,

    /// <summary>A file of one process.</summary>
    Sqlite,
}
