namespace Atbb.Bench.Runs;

/// <summary>What all runs have in common.</summary>
/// <param name="Sqlite">Into a file, and not into PostgreSQL.</param>
/// <param name="Latency">Milliseconds that the PDS takes for every answer.</param>
/// <param name="Seed">What the forum's chance starts from.</param>
/// <param name="WaitQuiet">The longest that is waited before a run until the machine is quiet.</param>
/// <param name="Settings">Settings of the contenders, as <c>--set</c> takes them.</param>
sealed record BenchOptions(bool Sqlite, int Latency, int Seed, TimeSpan WaitQuiet, IReadOnlyList<string> Settings);
