using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Silo.Progress;

/// <summary>Lines, for logs and pipes: one at every change of phase or state, and one every few seconds between.</summary>
sealed class PlainProgress(TextWriter output) : IProgressDisplay
{
    const int ShownOneIn = 5;

    public void Say(string message) => output.WriteLine(message);

    public void Note(string message) => Console.Error.WriteLine(message);

    public async Task ShowAsync(IAsyncEnumerable<RunProgress> run, CancellationToken cancellationToken)
    {
        (RunPhase, RunStatus)? shown = null;
        var seen = 0;
        await foreach (var progress in run.WithCancellation(cancellationToken))
        {
            if (shown == (progress.Phase, progress.Status) && ++seen % ShownOneIn != 0)
                continue;
            shown = (progress.Phase, progress.Status);
            output.WriteLine($"run {progress.RunId} {progress.Status}: {ProgressText.Of(progress)}");
        }
    }
}
