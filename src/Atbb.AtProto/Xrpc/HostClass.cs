namespace Atbb.AtProto.Xrpc;

/// <summary>What a host is asked as.</summary>
enum HostClass
{
    /// <summary>For repositories.</summary>
    Pds,

    /// <summary>For DID documents of did:plc.</summary>
    Plc,

    /// <summary>For the DID document that a did:web names it for.</summary>
    Web,

    /// <summary>For the repositories of a collection.</summary>
    Relay,
}
