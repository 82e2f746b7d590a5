namespace Atbb.Testing.RealPds;

/// <summary>A record as a real PDS lists it.</summary>
/// <param name="Uri">Its address.</param>
/// <param name="Cid">Its CID.</param>
/// <param name="Json">Its JSON, as the PDS wrote it.</param>
public sealed record RealRecord(string Uri, string Cid, string Json)
{
    /// <summary>Its key.</summary>
    public string Rkey => Uri[(Uri.LastIndexOf('/') + 1)..];
}
