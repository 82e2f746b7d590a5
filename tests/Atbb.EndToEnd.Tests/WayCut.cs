namespace Atbb.EndToEnd.Tests;

/// <summary>How a silo's way to the database ends.</summary>
public enum WayCut
{
    /// <summary>Its connections break, and it gets no others.</summary>
    Broken,

    /// <summary>Its connections stay, it gets others, and nothing is answered.</summary>
    Silent,
}
