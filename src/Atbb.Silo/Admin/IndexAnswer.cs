using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Silo.Admin;

/// <summary>Whether the index is whole.</summary>
sealed record IndexAnswer
{
    public required IndexVerdict Verdict { get; init; }

    /// <summary>The verdict and its first reason, for people.</summary>
    public required string Message { get; init; }

    /// <summary>Every reason why it is not whole.</summary>
    public required IReadOnlyList<IndexGapAnswer> Reasons { get; init; }

    /// <summary>The last full sync that has come to its end.</summary>
    public long? FullSyncId { get; init; }

    /// <summary>When that ended.</summary>
    public DateTimeOffset? FullSyncAt { get; init; }

    /// <summary>How many repositories it left out, since the settings say so.</summary>
    public required long DidsLeftOut { get; init; }

    /// <summary>How many errors stand open, of whichever run.</summary>
    public required long ErrorCount { get; init; }

    /// <summary>Those, by kind, the most frequent first.</summary>
    public required IReadOnlyList<KindAnswer> ErrorsByKind { get; init; }

    public static IndexAnswer Of(IndexReport report) => new()
    {
        Verdict = report.Verdict,
        Message = report.Sentence,
        Reasons = [.. report.Gaps.Select(static gap => new IndexGapAnswer(gap.Kind, gap.RunId))],
        FullSyncId = report.FullSyncId,
        FullSyncAt = report.FullSyncAt,
        DidsLeftOut = report.LeftOut,
        ErrorCount = report.OpenErrorCount,
        ErrorsByKind = [.. report.OpenErrors.OrderByDescending(static of => of.Value).Select(static of => new KindAnswer(of.Key, of.Value))],
    };
}
