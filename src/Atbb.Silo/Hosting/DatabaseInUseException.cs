namespace Atbb.Silo.Hosting;

/// <summary>Another process has the database's file.</summary>
sealed class DatabaseInUseException(string message, Exception inner) : Exception(message, inner);
