using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Silo.Progress;

/// <summary>How a run is shown to whoever started it.</summary>
interface IProgressDisplay
{
    /// <summary>Says something once.</summary>
    void Say(string message);

    /// <summary>Says something beside a run that is being shown.</summary>
    void Note(string message);

    /// <summary>Shows a run until it has ended.</summary>
    Task ShowAsync(IAsyncEnumerable<RunProgress> run, CancellationToken cancellationToken);
}
