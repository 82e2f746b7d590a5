namespace Atbb.AtProto.Politeness;

/// <summary>
/// This process's share of what is asked of each host, where several processes do it together: the limits are theirs together, divided
/// among them instead of multiplied by their number.
/// </summary>
public sealed class SharedPoliteness
{
    volatile Share share = new(Silos: 1, Rank: 0);

    /// <summary>How many share the limits. Alone: 1.</summary>
    public int Silos => share.Silos;

    /// <summary>What to do when a host has asked this process for a pause: the others are to keep it too. Must not throw or wait.</summary>
    public Action<Uri, TimeSpan>? TellPeers { get; set; }

    /// <summary>From now on so many share the limits. Takes effect with each host's next request.</summary>
    /// <param name="silos">How many, at least 1.</param>
    /// <param name="rank">Which of them this is, from 0; all different, so that what cannot be divided goes to the first ones.</param>
    public void Divide(int silos, int rank)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(silos, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        share = new Share(silos, rank);
    }

    /// <summary>
    /// This process's part of so many places. At least one: without any, the repositories that it holds would never be read, so of more
    /// processes than places each has one.
    /// </summary>
    internal int PlacesOf(int total)
    {
        var (silos, rank) = share;
        return Math.Max(1, (total / silos) + (rank < total % silos ? 1 : 0));
    }

    // One object, so that nobody sees the number of one moment with the rank of another.
    sealed record Share(int Silos, int Rank);
}
