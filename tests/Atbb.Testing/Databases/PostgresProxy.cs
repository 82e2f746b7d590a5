using System.Net.Sockets;

namespace Atbb.Testing.Databases;

/// <summary>Stands between a client and a PostgreSQL server on loopback, and can cut a connection inside a commit, or fall silent.</summary>
/// <param name="url">The database.</param>
public sealed class PostgresProxy(string url) : PostgresRelay(url)
{
    // A simple query, as the driver sends it: https://www.postgresql.org/docs/current/protocol-message-formats.html
    static readonly byte[] Commit = [(byte)'Q', 0, 0, 0, 11, .. "COMMIT\0"u8];

    readonly Lock gate = new();
    CommitCut? next;
    volatile bool swallows;

    /// <summary>Cuts the next commit, and none after it.</summary>
    public void CutNext(CommitCut cut)
    {
        lock (gate)
            next = cut;
    }

    /// <summary>From now on connections are taken and read from, the new and the old, and nothing comes of it: as when packets vanish.</summary>
    public void Swallow() => swallows = true;

    /// <inheritdoc/>
    /// <remarks>Ends where the connection is to be cut, with both sides closed by the caller.</remarks>
    protected override async Task ForwardAsync(NetworkStream from, NetworkStream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var length)
        {
            if (swallows)
                continue;

            if (TakeCut(buffer.AsSpan(0, length)) is not { } cut)
            {
                await to.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
                continue;
            }

            if (cut is CommitCut.BeforeTheAnswer)
                await CommitAloneAsync(from, to, buffer.AsMemory(0, length), cancellationToken);
            return;
        }
    }

    /// <inheritdoc/>
    protected override async Task AnswerAsync(NetworkStream from, NetworkStream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var length)
        {
            if (!swallows)
                await to.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
        }

        // Nor does the client hear that the server has gone.
        if (swallows)
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }

    // The client's socket is shut first, so that the answer, which comes when the commit is done, finds nobody.
    static async Task CommitAloneAsync(NetworkStream client, NetworkStream to, ReadOnlyMemory<byte> commit, CancellationToken cancellationToken)
    {
        client.Socket.Shutdown(SocketShutdown.Both);
        client.Close();
        await to.WriteAsync(commit, cancellationToken);
        to.Socket.Shutdown(SocketShutdown.Send);
    }

    CommitCut? TakeCut(ReadOnlySpan<byte> sent)
    {
        lock (gate)
        {
            if (next is not { } cut || sent.IndexOf(Commit) < 0)
                return null;
            next = null;
            return cut;
        }
    }
}
