using System.Data.Common;
using System.Net.Sockets;
using Atbb.Grains.Interfaces;
using Atbb.Indexing;
using Atbb.Silo.Demo;
using Atbb.Silo.Hosting;
using Microsoft.AspNetCore.Connections;
using Orleans.Serialization;

namespace Atbb.Silo.Commands;

/// <summary>What keeps a process from starting, said to whoever started it.</summary>
static class StartFailure
{
    /// <summary>One line that says what is in the way and what to do; null for what is not expected, whose stack is worth more than a sentence.</summary>
    public static string? Explain(Exception error) => error switch
    {
        IndexUnavailableException or IndexUnreachableException or SchemaTooNewException or DatabaseInUseException or PortsTakenException => error.Message,
        // Kestrel's message names the address.
        IOException { InnerException: AddressInUseException } =>
            $"{OneLine(error)} End the process that listens there, or choose another address: --set Admin:Url=http://127.0.0.1:PORT.",
        AddressInUseException =>
            $"A port of the silo is in use ({OneLine(error)}). Choose others: --set Cluster:SiloPort=PORT --set Cluster:GatewayPort=PORT.",
        SocketException => $"The network does not allow the start: {OneLine(error)} Check Atbb:Admin:Url and Atbb:Cluster:Address.",
        UnauthorizedAccessException => $"{OneLine(error)} This user has to be allowed to read and write there; --database names another place.",
        IOException => $"The start failed at a file or an address: {OneLine(error)}",
        DbException => $"The database cannot be used: {OneLine(error)} --database (DATABASE_URL) names another one.",
        // As of a grain that is to be begun while the database is silent.
        OperationCanceledException or TimeoutException or CodecNotFoundException => $"The backfill does not answer ({OneLine(error).TrimEnd('.')}): see that the index's database does, and give the command again.",
        OrleansException => $"The silo could not be started: {OneLine(error)}",
        AggregateException { InnerExceptions: [var only] } => Explain(only),
        _ => null,
    };

    static string OneLine(Exception error) => error.Message.ReplaceLineEndings(" ");
}
