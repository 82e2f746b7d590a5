using System.Net;

namespace Atbb.AtProto.Network;

/// <summary>
/// Looks hosts' names up, on threads of its own. Where the system's resolver cannot be asked but by a blocked thread, as on Linux, .NET takes one of the pool for that,
/// whatever the token: some dozens of names whose servers keep silent, which anybody can point at, would stand in the way of everything that this process does.
/// </summary>
static class NameLookup
{
    // As many as repositories are read at once: more wait for those before them, which the resolver gives up after some seconds.
    const int AtOnce = 256;

    // It calls the resolver and nothing else.
    const int StackBytes = 256 * 1024;

    static readonly SemaphoreSlim Places = new(AtOnce);

    /// <summary>A host's addresses.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">It has none, or nobody says.</exception>
    public static Task<IPAddress[]> FindAsync(string host, CancellationToken cancellationToken) =>
        IPAddress.TryParse(host, out var address) ? Task.FromResult<IPAddress[]>([address]) : FindAsync(host, Dns.GetHostAddresses, cancellationToken);

    /// <summary>The same, by another resolver.</summary>
    internal static async Task<IPAddress[]> FindAsync(string host, Func<string, IPAddress[]> resolve, CancellationToken cancellationToken)
    {
        await Places.WaitAsync(cancellationToken).ConfigureAwait(false);
        var found = new TaskCompletionSource<IPAddress[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(Resolve, StackBytes) { IsBackground = true, Name = "name look-up" }.Start();
        // The thread stays taken until the resolver answers, whoever waits for it no more.
        return await found.Task.WaitAsync(cancellationToken).ConfigureAwait(false);

        void Resolve()
        {
            try
            {
                found.SetResult(resolve(host));
            }
            catch (Exception e)
            {
                found.SetException(e);
                // Nobody may be left to look at it.
                _ = found.Task.Exception;
            }
            finally
            {
                Places.Release();
            }
        }
    }
}
