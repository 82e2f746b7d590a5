using Atbb.Bench.Forums;
using Atbb.Bench.Processes;

namespace Atbb.Bench.Runs;

/// <summary>One run of one contender.</summary>
sealed record Measurement
{
    public required string Workload { get; init; }

    public required string Contender { get; init; }

    public required int Round { get; init; }

    public required ForumSize Size { get; init; }

    /// <summary>The contender's process.</summary>
    public required ClientRun Client { get; init; }

    /// <summary>Processor seconds of PostgreSQL; 0 with SQLite, which is in the contender's process.</summary>
    public required double PostgresCpuSeconds { get; init; }

    /// <summary>Processor seconds of the PDS.</summary>
    public required double PdsCpuSeconds { get; init; }

    /// <summary>What the PDS was asked.</summary>
    public required PdsFigures Pds { get; init; }

    /// <summary>Whether others left the machine to it.</summary>
    public bool IsQuiet => Client.OtherCores < OtherProcesses.QuietBelow;

    /// <summary>What is wrong with the index, or with what the run says of itself; empty when nothing is.</summary>
    public required IReadOnlyList<string> Faults { get; init; }
}
