using System.Data.Common;
using System.Net.Sockets;

namespace Atbb.AppView.Search;

/// <summary>Takes posts into the full text, again and again, a stretch of ids at a time.</summary>
sealed partial class SearchUpkeep(ISearchIndex search, TimeProvider time, ILogger<SearchUpkeep> logger) : BackgroundService
{
    const int Stretch = 5_000;
    static readonly TimeSpan Rest = TimeSpan.FromSeconds(15);

    /// <summary>Takes in everything there is now.</summary>
    public static async Task TakeInAllAsync(ISearchIndex search, CancellationToken cancellationToken)
    {
        await search.CreateAsync(cancellationToken);
        var last = await search.LastAsync(cancellationToken);
        for (long above = 0; above < last; above += Stretch)
            await search.TakeInAsync(above, above + Stretch, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Rest, time);
        do
        {
            try
            {
                await TakeInAllAsync(search, stoppingToken);
            }
            catch (Exception e) when (e is DbException or SocketException or IOException or TimeoutException || (e is OperationCanceledException && !stoppingToken.IsCancellationRequested))
            {
                // The database is away, be it by its name alone, or has no tables yet: the next round finds it there. Searches say so meanwhile; the site, which
                // would end with this, has other pages.
                LogPutOff(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(500, LogLevel.Warning, "appview.search_put_off: the full text was not brought up to date: {Reason}", EventName = "appview.search_put_off")]
    partial void LogPutOff(string reason);
}
