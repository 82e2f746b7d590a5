namespace Atbb.Sample;

/// <summary>How an account stands with its PDS.</summary>
public enum AccountState
{
    /// <summary>Served.</summary>
    Active,

    /// <summary>Switched off by its owner; also what an account that moved away leaves behind.</summary>
    Deactivated,

    /// <summary>Taken down by the PDS's moderators.</summary>
    TakenDown,

    /// <summary>Suspended for a while.</summary>
    Suspended,

    /// <summary>Gone: the PDS answers as if it had never known the repository. The DID document stays.</summary>
    Deleted,
}
