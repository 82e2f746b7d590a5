namespace Atbb.Silo.Telemetry;

/// <summary>Asks for the figures of the index where they are sent to a collector, which does not ask.</summary>
sealed class SurveyRounds(SurveyMetrics survey, TimeProvider time) : BackgroundService
{
    static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
            await survey.RefreshAsync(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
