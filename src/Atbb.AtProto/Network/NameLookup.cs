using System.Collections.Concurrent;
using System.Net;

namespace Atbb.AtProto.Network;

/// <summary>
/// Looks hosts' names up, on threads of its own. Where the system's resolver cannot be asked but by a blocked thread, as on Linux, .NET takes one of the pool for that,
/// whatever the token: some dozens of names whose servers keep silent, which anybody can point at, would stand in the way of everything that this process does.
/// </summary>
static class NameLookup
{
    // A look-up goes on for up to half a minute after whoever asked has given up, and some hundred new hosts are tried at once: more than can come together.
    const int AtOnce = 1_024;

    // It calls the resolver and nothing else.
    const int StackBytes = 256 * 1024;

    static readonly SemaphoreSlim Places = new(AtOnce);
    static readonly ConcurrentDictionary<string, Lazy<Task<IPAddress[]>>> UnderWay = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A host's addresses. Who asks for a name that is being looked up waits for the same answer.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">It has none, or nobody says.</exception>
    public static Task<IPAddress[]> FindAsync(string host, CancellationToken cancellationToken) =>
        IPAddress.TryParse(host, out var address) ? Task.FromResult<IPAddress[]>([address]) : FindAsync(host, Dns.GetHostAddresses, cancellationToken);

    /// <summary>The same, by another resolver.</summary>
    internal static Task<IPAddress[]> FindAsync(string host, Func<string, IPAddress[]> resolve, CancellationToken cancellationToken) =>
        UnderWay.GetOrAdd(host, static (host, resolve) => new(() => LookUpAsync(host, resolve)), resolve).Value.WaitAsync(cancellationToken);

    // With nobody's token: others may wait for it, and the thread stays taken until the resolver answers, whoever waits for it no more.
    static async Task<IPAddress[]> LookUpAsync(string host, Func<string, IPAddress[]> resolve)
    {
        await Places.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            var found = new TaskCompletionSource<IPAddress[]>(TaskCreationOptions.RunContinuationsAsynchronously);
            new Thread(() => Resolve(host, resolve, found), StackBytes) { IsBackground = true, Name = "name look-up" }.Start();
            return await found.Task.ConfigureAwait(false);
        }
        finally
        {
            Places.Release();
            UnderWay.TryRemove(host, out _);
        }
    }

    static void Resolve(string host, Func<string, IPAddress[]> resolve, TaskCompletionSource<IPAddress[]> found)
    {
        try
        {
            found.SetResult(resolve(host));
        }
        catch (Exception e)
        {
            found.SetException(e);
        }
    }
}
