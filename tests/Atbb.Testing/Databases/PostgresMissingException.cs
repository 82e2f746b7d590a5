namespace Atbb.Testing.Databases;

/// <summary>There is no PostgreSQL to start: install its server, or name the folder of its programs in PG_BIN.</summary>
public sealed class PostgresMissingException()
    : Exception("No PostgreSQL server was found: install one, or name the folder of initdb and postgres in PG_BIN.");
