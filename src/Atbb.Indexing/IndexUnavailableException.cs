namespace Atbb.Indexing;

/// <summary>
/// The database did not do what was asked, for a reason that may pass: no connection, a failover, too many clients, a lock, a full
/// disk. Nothing was written, or it is not known whether it was: read again before writing again.
/// </summary>
public sealed class IndexUnavailableException(string message, Exception inner) : Exception(message, inner);
