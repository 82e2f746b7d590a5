namespace Atbb.Bench.Forums;

/// <summary>A line that the PDS's process reads; it answers each with a line of JSON.</summary>
enum PdsQuestion
{
    /// <summary>What an index of the forum holds.</summary>
    Expected,

    /// <summary>What was asked.</summary>
    Figures,

    /// <summary>The same, and to begin at nought again.</summary>
    Forget,
}
