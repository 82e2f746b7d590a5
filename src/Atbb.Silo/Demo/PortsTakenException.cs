namespace Atbb.Silo.Demo;

/// <summary>The demo could listen on none of the ports that it tried.</summary>
sealed class PortsTakenException(string message, Exception inner) : Exception(message, inner);
