using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>Keeps what was logged.</summary>
sealed class LogMemory : ILoggerProvider
{
    readonly ConcurrentQueue<LogEntry> entries = [];

    public IReadOnlyList<LogEntry> Of(string eventName) => [.. entries.Where(entry => entry.EventName == eventName)];

    public ILogger CreateLogger(string categoryName) => new Writer(entries);

    public void Dispose()
    {
    }

    public sealed record LogEntry(LogLevel Level, string? EventName, string Message, Exception? Exception);

    sealed class Writer(ConcurrentQueue<LogEntry> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            entries.Enqueue(new LogEntry(logLevel, eventId.Name, formatter(state, exception), exception));
    }
}
