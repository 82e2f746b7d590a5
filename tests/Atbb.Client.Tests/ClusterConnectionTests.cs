using Atbb.Client.Connecting;
using Microsoft.Extensions.Logging;

namespace Atbb.Client.Tests;

public sealed class ClusterConnectionTests
{
    static CancellationToken Ends => TestContext.Current.CancellationToken;

    // So it is also where Orleans, told to end between two attempts, throws why the last one failed.
    [Fact]
    public async Task Dispose_ItNeverCouldConnect_EndsQuietly()
    {
        using var loggers = new FailingAt("client.not_connected");
        var connection = new ClusterConnection(new() { Gateway = "127.0.0.1:1" }, loggers);

        await Assert.ThrowsAsync<IOException>(() => connection.GrainsAsync(Ends));
        await connection.DisposeAsync();
    }

    /// <summary>A log that one event cannot be written to.</summary>
    sealed class FailingAt(string name) : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name == name)
                throw new IOException("The disk is full.");
        }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }
    }
}
