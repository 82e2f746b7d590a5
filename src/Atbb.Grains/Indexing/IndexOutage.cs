using System.Data.Common;
using System.Net.Sockets;
using System.Text.Json;
using Atbb.Grains.Interfaces;
using Atbb.Indexing;
using Atbb.Indexing.Databases;
using Orleans.Storage;

namespace Atbb.Grains.Indexing;

/// <summary>The index's database being away, told from a bug: an outage is waited for without end, and a bug would be, too.</summary>
public static class IndexOutage
{
    /// <summary>
    /// Whether an error says that the database is away: the index's own tables, or Orleans's beside them, whose faults come as Orleans's. Another activation's
    /// state is none. A host's name that is not found is a socket's error, which the drivers pass on as it is. What cannot be told apart counts as an outage: a bug that is taken for one costs the waiting, an outage that is taken for a bug ends a run.
    /// </summary>
    public static bool Is(Exception error) =>
        error is IndexUnavailableException or SocketException or IOException or DbException or TimeoutException or (OrleansException and not InconsistentStateException)
            ? !IsBug(error)
            : IndexUnreachableException.IsBehind(error);

    /// <summary>What an operator is told of an error: where a database has refused a statement, that, and not what was made of it on the way.</summary>
    public static string ReasonOf(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return IndexDatabase.FaultOfStatement(error) is { } fault ? $"The index's database refused a statement of this program: {fault.Message}" : error.Message;
    }

    static bool IsBug(Exception error) =>
        IndexDatabase.FaultOfStatement(error) is not null
        // Orleans wraps itself around whatever goes wrong while a state is read or written: one that is not what it is read as stays so.
        || error is OrleansException { InnerException: InvalidCastException or JsonException };
}
