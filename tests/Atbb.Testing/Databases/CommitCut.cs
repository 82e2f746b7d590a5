namespace Atbb.Testing.Databases;

/// <summary>Where in a commit a <see cref="PostgresProxy"/> cuts the connection.</summary>
public enum CommitCut
{
    /// <summary>The server never hears of the commit, and rolls back.</summary>
    BeforeTheServer,

    /// <summary>The server has committed, and its answer is lost.</summary>
    BeforeTheAnswer,
}
