using Atbb.Silo.Hosting;
using Microsoft.AspNetCore.Connections;

namespace Atbb.Silo.Demo;

/// <summary>Ports that nobody has to choose: several demos may run, and may start at once.</summary>
static class DemoPorts
{
    /// <summary>
    /// Fixed, so that the PDS is where it was before a kill: elsewhere its accounts would have moved, and what was half read would be read
    /// and counted afresh.
    /// </summary>
    public const int FirstOfPds = 2_583;

    /// <summary>The default of <c>atbb serve</c>.</summary>
    public const int FirstOfAdmin = 5_080;

    const int Tried = 10;

    /// <summary>
    /// Where the admin HTTP of a demo is first tried. As far up as its PDS is: the PDS has its port already, so that demos which start at once
    /// do not meet here, where a silo would have to be torn down before the next port is tried.
    /// </summary>
    public static int FirstOfAdminBeside(Uri pds) => FirstOfAdmin + pds.Port - FirstOfPds;

    /// <summary>Starts what listens on a port on the first one from there that it gets. One that looks free may be taken before it is listened on.</summary>
    /// <exception cref="PortsTakenException">None of those tried could be had.</exception>
    public static async Task<T> TakeAsync<T>(int first, Func<int, Task<T>> startAsync)
    {
        var port = SiloPorts.FirstFree(first);
        for (var tried = 1; ; tried++)
            try
            {
                return await startAsync(port);
            }
            catch (Exception e) when (e is AddressInUseException or IOException { InnerException: AddressInUseException })
            {
                if (tried == Tried)
                    throw new PortsTakenException($"The demo found no port that it can listen on from {first} up to {port}. End what listens there, or start the demo again.", e);
                port = SiloPorts.FirstFree(port + 1);
            }
    }
}
