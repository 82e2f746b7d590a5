namespace Atbb.EndToEnd.Tests.Soak;

/// <summary>What has become of an account.</summary>
enum SoakFate
{
    /// <summary>It is where its DID document says, and answers.</summary>
    Active,

    /// <summary>Switched off by its owner.</summary>
    Deactivated,

    /// <summary>Taken down by its PDS.</summary>
    TakenDown,

    /// <summary>Suspended by its PDS.</summary>
    Suspended,

    /// <summary>Gone from its PDS; the DID document stays.</summary>
    Deleted,

    /// <summary>Given up at the directory.</summary>
    Tombstoned,
}
