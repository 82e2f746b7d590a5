using System.Net.Sockets;

namespace Atbb.Testing.Databases;

/// <summary>
/// Stands between a client and a PostgreSQL server on loopback and counts what the client sends, message by message: exact, whatever the
/// driver calls its doings, and for every connection of the process that goes by it.
/// </summary>
/// <param name="url">The database.</param>
public sealed class PostgresMeter(string url) : PostgresRelay(url)
{
    readonly Lock gate = new();
    PostgresTraffic traffic;

    /// <summary>What was sent so far, or since <see cref="Clear"/>.</summary>
    public PostgresTraffic Traffic
    {
        get
        {
            lock (gate)
                return traffic;
        }
    }

    /// <summary>Begins at nought again.</summary>
    public void Clear()
    {
        lock (gate)
            traffic = default;
    }

    /// <inheritdoc/>
    protected override async Task ForwardAsync(NetworkStream from, NetworkStream to, CancellationToken cancellationToken)
    {
        var messages = new PostgresMessages();
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var length)
        {
            // Before they are passed on: whoever has his answer finds his question counted.
            foreach (var message in messages.Read(buffer.AsSpan(0, length)))
                Count(message);
            await to.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
        }
    }

    void Count(PostgresMessage message)
    {
        lock (gate)
        {
            traffic = message switch
            {
                PostgresMessage.Begin => traffic with { Transactions = traffic.Transactions + 1 },
                PostgresMessage.End or PostgresMessage.Sync or PostgresMessage.CopyDone => traffic with { RoundTrips = traffic.RoundTrips + 1 },
                PostgresMessage.Execute => traffic with { Statements = traffic.Statements + 1 },
                PostgresMessage.Query => traffic with { Statements = traffic.Statements + 1, RoundTrips = traffic.RoundTrips + 1 },
                _ => throw new InvalidOperationException($"There is no message {message}."),
            };
        }
    }
}
