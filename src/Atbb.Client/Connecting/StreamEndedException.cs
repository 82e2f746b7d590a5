namespace Atbb.Client.Connecting;

/// <summary>A stream of progress ended before its run did: its silo is shutting down.</summary>
sealed class StreamEndedException() : Exception("The stream of progress ended before the run.");
