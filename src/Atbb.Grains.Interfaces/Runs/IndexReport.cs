namespace Atbb.Grains.Interfaces.Runs;

/// <summary>Whether the index is whole, and what it rests on.</summary>
[GenerateSerializer, Immutable, Alias("atbb.IndexReport")]
public sealed record IndexReport
{
    /// <summary>The verdict.</summary>
    [Id(0)]
    public required IndexVerdict Verdict { get; init; }

    /// <summary>The verdict and its first reason, in a sentence for people.</summary>
    [Id(1)]
    public required string Sentence { get; init; }

    /// <summary>Every reason why it is not whole; none when it is.</summary>
    [Id(2)]
    public IReadOnlyList<IndexGap> Gaps { get; init; } = [];

    /// <summary>The last full sync that has come to its end; null when there is none.</summary>
    [Id(3)]
    public long? FullSyncId { get; init; }

    /// <summary>When that ended.</summary>
    [Id(4)]
    public DateTimeOffset? FullSyncAt { get; init; }

    /// <summary>How many repositories it left out, since the settings say so.</summary>
    [Id(5)]
    public long LeftOut { get; init; }

    /// <summary>The errors that stand open, of all runs and of what was read by hand, by their kind; a kind that none has is not named. What failed in several runs counts once.</summary>
    [Id(6)]
    public IReadOnlyDictionary<string, long> OpenErrors { get; init; } = new Dictionary<string, long>();

    /// <summary>How many errors stand open.</summary>
    public long OpenErrorCount => OpenErrors.Values.Sum();
}
