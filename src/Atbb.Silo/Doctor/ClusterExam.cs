using System.Globalization;

namespace Atbb.Silo.Doctor;

/// <summary>What a cluster's table says of its silos.</summary>
static class ClusterExam
{
    const string Check = "cluster";

    // A sign every three seconds: three are missing, and some time for one that is busy.
    static readonly TimeSpan Stale = TimeSpan.FromSeconds(15);

    /// <summary>Judges them.</summary>
    public static IEnumerable<Finding> Judge(IReadOnlyList<SiloEntry> members)
    {
        var active = members.Where(member => StatusOf(member) is SiloStatus.Active).ToList();
        var joining = members.Where(member => StatusOf(member) is SiloStatus.Created or SiloStatus.Joining && member.SinceSign < Stale).ToList();
        var dead = members.Count(member => StatusOf(member) is SiloStatus.Dead);

        foreach (var member in active)
            yield return member.SinceSign < Stale
                ? Finding.Ok(Check, $"{member.Name} at {member.Address} is alive.")
                : Finding.Problem(
                    Check, string.Create(CultureInfo.InvariantCulture, $"{member.Name} at {member.Address} is in the cluster and gave its last sign of life {member.SinceSign.TotalSeconds:N0} s ago: it was killed, hangs, or has lost the database."),
                    active.Any(other => other.SinceSign < Stale) ? "The others are about to take over its work; restart it." : "Start it again: it, or any other, takes up the work.");
        foreach (var member in joining)
            yield return Finding.Ok(Check, $"{member.Name} at {member.Address} is joining.");
        if (active.Count == 0 && joining.Count == 0)
            yield return Finding.Ok(Check, "no atbb process is running on this database now.");
        if (dead > 0)
            yield return Finding.Ok(Check, $"{dead} that {(dead == 1 ? "has" : "have")} ended or died {(dead == 1 ? "is" : "are")} still listed, which harms nobody.");
    }

    static SiloStatus StatusOf(SiloEntry member) => (SiloStatus)member.Status;
}
