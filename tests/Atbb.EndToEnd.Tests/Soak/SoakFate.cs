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

    /// <summary>
    /// Gone from the PDS that it had moved to since the last check. Where the index had read it there meanwhile, it is deleted; where it had not, that PDS is not
    /// believed, its rows stay, and an error says so. Which of both it is, only the index knows.
    /// </summary>
    DeletedElsewhere,

    /// <summary>Given up at the directory.</summary>
    Tombstoned,
}
