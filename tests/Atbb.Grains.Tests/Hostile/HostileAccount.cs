using Atbb.Grains.Interfaces.Runs;
using Atbb.Sample;

namespace Atbb.Grains.Tests.Hostile;

/// <summary>One member, and what has become of it.</summary>
/// <param name="repo">What the repository holds.</param>
/// <param name="before">What the index held before its server turned.</param>
public sealed class HostileAccount(SampleRepo repo, HashSet<string> before)
{
    public SampleRepo Repo => repo;

    /// <summary>What the index holds now.</summary>
    public HashSet<string> Indexed { get; set; } = [];

    public IReadOnlyList<RunError> Errors { get; set; } = [];

    public string? Status { get; set; }

    public string? Handle { get; set; }

    /// <summary>What the index must hold now.</summary>
    public HashSet<string> Due(IndexedRows rows)
    {
        var held = repo.Collections.SelectMany(collection => repo.Records(collection).Select(record => $"{collection}/{record.Rkey} {record.Cid}"));
        return rows switch
        {
            IndexedRows.True => [.. held],
            IndexedRows.Untouched => before,
            IndexedRows.OnlyAdded => [.. held, .. before],
            IndexedRows.Removed => [],
            _ => throw new ArgumentOutOfRangeException(nameof(rows)),
        };
    }
}
