namespace Atbb.Testing.Databases;

/// <summary>A message of a PostgreSQL client that asks for something.</summary>
enum PostgresMessage
{
    /// <summary>A transaction begins.</summary>
    Begin,

    /// <summary>A transaction is committed or rolled back.</summary>
    End,

    /// <summary>Any other query sent as text.</summary>
    Query,

    /// <summary>A statement with parameters is executed.</summary>
    Execute,

    /// <summary>The answers to all since the last one are waited for.</summary>
    Sync,

    /// <summary>All rows of a copy are sent, and its answer is waited for.</summary>
    CopyDone,
}
