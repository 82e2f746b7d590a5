using System.Globalization;

namespace Atbb.Silo.Doctor;

/// <summary>What a PostgreSQL server's settings mean for an index.</summary>
static class PostgresExam
{
    // Four lanes at most write, and reads are gathered; the rest is Orleans's tables, health, and room.
    internal const int ConnectionsPerSilo = 20;

    const string Check = "database";

    // The oldest that its makers still mend.
    const int OldestMajor = 14;

    // Silos stamp their signs of life by their own clocks, and take one for dead whose sign is nine seconds old.
    static readonly TimeSpan SkewProblem = TimeSpan.FromSeconds(5), SkewWarning = TimeSpan.FromSeconds(1);

    /// <summary>Judges them.</summary>
    /// <param name="facts">The settings.</param>
    /// <param name="silos">How many processes use the server.</param>
    public static IEnumerable<Finding> Judge(PostgresFacts facts, int silos)
    {
        var major = facts.VersionNumber / 10_000;
        if (major < OldestMajor)
            yield return Finding.Warning(Check, $"PostgreSQL {facts.Version} is no longer mended by its makers.", $"Move to PostgreSQL {OldestMajor} or newer.");
        if (!facts.Encoding.Equals("UTF8", StringComparison.OrdinalIgnoreCase))
            yield return Finding.Problem(Check, $"the database's encoding is {facts.Encoding}: what people write does not fit into it.", "Make a database anew: create database atbb encoding 'UTF8' template template0.");
        if (facts.IsReadOnly)
            yield return Finding.Problem(Check, "the server is read-only: a standby, or default_transaction_read_only.", "Point DATABASE_URL at the primary.");
        if (!facts.MayCreateTables)
            yield return Finding.Problem(Check, $"{facts.User} may not make tables there, and the service does at its first start and after an upgrade.", $"Make {facts.User} the owner of the database, or: grant create on schema public to {facts.User}.");
        if (!facts.Fsync)
            yield return Finding.Problem(Check, "fsync is off: a power cut or a crash of the machine can destroy the database.", "Set fsync = on in postgresql.conf and reload.");
        if (!facts.FullPageWrites)
            yield return Finding.Problem(Check, "full_page_writes is off: a crash can leave half a page behind.", "Set full_page_writes = on in postgresql.conf and reload.");

        var (free, needed) = (facts.MaxConnections - facts.ReservedConnections, silos * ConnectionsPerSilo);
        yield return free < needed
            ? Finding.Problem(Check, $"max_connections leaves {free} connections, and {silos} atbb process{(silos == 1 ? "" : "es")} may need {needed}.", $"Set max_connections = {needed + facts.ReservedConnections + ConnectionsPerSilo} in postgresql.conf and restart the server.")
            : Finding.Ok(Check, $"max_connections leaves {free} connections; {silos} atbb process{(silos == 1 ? "" : "es")} may need {needed}.");
        yield return Clock(facts.Ahead);
    }

    static Finding Clock(TimeSpan ahead)
    {
        var skew = ahead.Duration();
        var text = string.Create(CultureInfo.InvariantCulture, $"the database's clock is {skew.TotalSeconds:0.0} s {(ahead < TimeSpan.Zero ? "behind" : "ahead of")} this machine's");
        return skew >= SkewProblem ? Finding.Problem("clock", $"{text}: silos may take each other for dead.", "Let chrony or systemd-timesyncd keep both clocks.")
            : skew >= SkewWarning ? Finding.Warning("clock", $"{text}.", "Let chrony or systemd-timesyncd keep both clocks.")
            : Finding.Ok("clock", $"{text}.");
    }
}
