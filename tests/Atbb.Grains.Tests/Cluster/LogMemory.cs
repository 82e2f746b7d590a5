using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Atbb.Grains.Tests.Cluster;

/// <summary>Keeps what was logged.</summary>
sealed class LogMemory : ILoggerProvider
{
    readonly ConcurrentQueue<LogEntry> entries = [];
    readonly ConcurrentDictionary<string, TaskCompletionSource<LogEntry>> firsts = new(StringComparer.Ordinal);

    /// <summary>The first event of a name, as soon as it is there.</summary>
    public Task<LogEntry> FirstAsync(string eventName) => First(eventName).Task;

    public IReadOnlyList<LogEntry> Of(string eventName) => [.. entries.Where(entry => entry.EventName == eventName)];

    public ILogger CreateLogger(string categoryName) => new Writer(this);

    public void Dispose()
    {
    }

    TaskCompletionSource<LogEntry> First(string eventName) => firsts.GetOrAdd(eventName, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    void Keep(LogEntry entry)
    {
        entries.Enqueue(entry);
        if (entry.EventName is { } name)
            First(name).TrySetResult(entry);
    }

    public sealed record LogEntry(LogLevel Level, string? EventName, string Message, Exception? Exception);

    sealed class Writer(LogMemory memory) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            memory.Keep(new LogEntry(logLevel, eventId.Name, formatter(state, exception), exception));
    }
}
