namespace Atbb.Sample;

/// <summary>What a PDS makes of <c>reverse</c> in <c>listRecords</c>.</summary>
public enum OrderStyle
{
    /// <summary>Descending record keys, ascending with <c>reverse=true</c>, as the reference PDS does it.</summary>
    AsAsked,

    /// <summary>Ascending, whatever was asked.</summary>
    AlwaysAscending,

    /// <summary>Descending, whatever was asked.</summary>
    AlwaysDescending,
}
