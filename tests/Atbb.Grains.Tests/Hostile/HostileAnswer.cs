using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Atbb.Sample;

namespace Atbb.Grains.Tests.Hostile;

/// <summary>Something that a stranger's server may answer, and what must come of it.</summary>
/// <param name="Name">What is answered.</param>
/// <param name="Rows">What the account's rows are then.</param>
/// <param name="ErrorKind">The kind of the one error row; null: there is none.</param>
/// <param name="Status">The account's state.</param>
public sealed record HostileAnswer(string Name, IndexedRows Rows, string? ErrorKind = null, string Status = "active")
{
    /// <summary>What the PDS, or the directory at its address, does instead of answering.</summary>
    public Func<PdsRequest, PdsFault?>? Fault { get; init; }

    /// <summary>The DID document, given the account's DID and its true document.</summary>
    public Func<string, string, string>? Document { get; init; }

    /// <summary>What a server says on the bare connection.</summary>
    public Func<NetworkStream, CancellationToken, Task>? Script { get; init; }

    /// <summary>Whether the account's document names the script's server with https.</summary>
    public bool IsOverTls { get; init; }

    /// <summary>What a server shows that ends TLS, and answers nobody who takes it.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>What the error's message must name.</summary>
    public string Says { get; init; } = "";

    /// <summary>Whether the account is the only one on its PDS: what is answered concerns the whole host.</summary>
    public bool HasOwnHost { get; init; }

    public override string ToString() => Name;
}
