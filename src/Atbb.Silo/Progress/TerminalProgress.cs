using Atbb.Grains.Interfaces.Runs;
using Spectre.Console;

namespace Atbb.Silo.Progress;

/// <summary>A bar.</summary>
sealed class TerminalProgress(IAnsiConsole screen) : IProgressDisplay
{
    public void Say(string message) => screen.MarkupLineInterpolated($"{message}");

    // Above the bar, which would be drawn over a line on standard error.
    public void Note(string message) => Say(message);

    public async Task ShowAsync(IAsyncEnumerable<RunProgress> run, CancellationToken cancellationToken) =>
        await screen.Progress()
            .Columns(new SpinnerColumn(), new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(async bars =>
            {
                var bar = bars.AddTask("starting", maxValue: 1);
                await foreach (var progress in run.WithCancellation(cancellationToken))
                {
                    bar.Value = ProgressText.ShareOf(progress);
                    bar.Description = Markup.Escape(ProgressText.Of(progress));
                }
            });
}
