namespace Atbb.Grains.Interfaces.Runs;

/// <summary>Whether the index holds what the members' repositories hold.</summary>
[GenerateSerializer, Alias("atbb.IndexVerdict")]
public enum IndexVerdict
{
    /// <summary>A full sync has read everything to its end, and no error stands open.</summary>
    Whole,

    /// <summary>A run is reading: whether anything is missing is known when it has ended.</summary>
    Reading,

    /// <summary>Something is missing, or may be.</summary>
    Lacking,
}
