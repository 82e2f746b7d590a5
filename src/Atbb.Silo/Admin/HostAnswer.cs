using Atbb.Grains.Cluster;

namespace Atbb.Silo.Admin;

/// <summary>A host that the silos ask.</summary>
sealed record HostAnswer
{
    /// <summary>Its name, with the port if it is not that of its scheme.</summary>
    public required string Host { get; init; }

    /// <summary>Requests that were sent and are not over.</summary>
    public required int UnderWay { get; init; }

    /// <summary>Requests that wait for their turn.</summary>
    public required int Waiting { get; init; }

    /// <summary>Requests sent within the last minute.</summary>
    public required int RequestsLastMinute { get; init; }

    /// <summary>What it has last said is left of its allowance; null when it says nothing.</summary>
    public long? AllowanceLeft { get; init; }

    /// <summary>Until when it is asked nothing; null when it may be asked.</summary>
    public DateTimeOffset? RestsUntil { get; init; }

    public static HostAnswer Of(AskedHost host, DateTimeOffset now) => new()
    {
        Host = host.Host,
        UnderWay = host.UnderWay,
        Waiting = host.Waiting,
        RequestsLastMinute = host.Recent,
        AllowanceLeft = host.AllowanceLeft,
        RestsUntil = host.RestsFor > TimeSpan.Zero ? now + host.RestsFor : null,
    };
}
