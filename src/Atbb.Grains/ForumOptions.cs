namespace Atbb.Grains;

/// <summary>Which forum.</summary>
public sealed class ForumOptions
{
    /// <summary>The forum's DID. Required.</summary>
    public string Did { get; set; } = "";

    /// <summary>Origin of the forum's PDS, for the forum's DID only. Default none: its DID document says where it lives.</summary>
    public Uri? Pds { get; set; }

    /// <summary>DIDs to read besides those in the index; a full sync reads them. Default none.</summary>
    public IList<string> Dids { get; set; } = [];
}
