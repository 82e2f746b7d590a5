using Atbb.Bench.Forums;

namespace Atbb.Bench.Runs;

/// <summary>What a contender is given to do.</summary>
/// <param name="Name">What it is called in the tables.</param>
/// <param name="Size">The forum.</param>
/// <param name="IsUnchanged">Whether the index is whole already, and nothing has changed since.</param>
sealed record Workload(string Name, ForumSize Size, bool IsUnchanged)
{
    /// <summary>Many small repositories, few large ones, and the small ones once more.</summary>
    public static IReadOnlyList<Workload> All(double scale)
    {
        var (small, large) = (new ForumSize(Scaled(2_000), 20), new ForumSize(50, Scaled(2_000)));
        return [new("W1", small, false), new("W3", small, true), new("W2", large, false)];

        int Scaled(int full) => Math.Max(1, (int)(full * scale));
    }
}
