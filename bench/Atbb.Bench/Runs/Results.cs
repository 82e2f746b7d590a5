using Atbb.Bench.Reports;

namespace Atbb.Bench.Runs;

/// <summary>What was measured so far. It is kept, and shown, when a run fails and when the benchmark is interrupted: rounds take hours.</summary>
sealed class Results
{
    readonly List<Measurement> runs = [];
    int failures;

    public IReadOnlyList<Measurement> Runs => runs;

    /// <summary>The exit status: 0 when every run went through and every index was whole.</summary>
    public int Status => failures == 0 && runs.Count > 0 && runs.TrueForAll(run => run.Faults.Count == 0) ? 0 : 1;

    /// <summary>Measures, and says what came of it to whoever waits.</summary>
    /// <returns>Whether it went through: what builds upon it need not be tried otherwise.</returns>
    public async Task<bool> AddAsync(Func<Task<Measurement>> measure)
    {
        try
        {
            runs.Add(await measure());
            await Console.Error.WriteLineAsync(RunReport.Line(runs[^1]));
            return true;
        }
        catch (BenchException e)
        {
            failures++;
            await Console.Error.WriteLineAsync(e.Message);
            return false;
        }
    }
}
