namespace Atbb.Testing.Databases;

/// <summary>What a client has sent to a PostgreSQL server.</summary>
/// <param name="RoundTrips">How often it had to wait for an answer. A <c>BEGIN</c> is none: it travels with what follows it.</param>
/// <param name="Statements">Statements executed, besides those that begin and end transactions.</param>
/// <param name="Transactions">Transactions begun.</param>
public readonly record struct PostgresTraffic(long RoundTrips, long Statements, long Transactions);
