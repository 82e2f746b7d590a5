using Atbb.Grains.Interfaces.Runs;
using Spectre.Console;

namespace Atbb.Silo.Progress;

/// <summary>A bar.</summary>
sealed class TerminalProgress : IProgressDisplay
{
    public void Say(string message) => AnsiConsole.MarkupLineInterpolated($"{message}");

    public async Task ShowAsync(IAsyncEnumerable<RunProgress> run, CancellationToken cancellationToken) =>
        await AnsiConsole.Progress()
            .Columns(new SpinnerColumn(), new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(async screen =>
            {
                var bar = screen.AddTask("starting", maxValue: 1);
                await foreach (var progress in run.WithCancellation(cancellationToken))
                {
                    bar.Value = ProgressText.ShareOf(progress);
                    bar.Description = Markup.Escape(ProgressText.Of(progress));
                }
            });
}
