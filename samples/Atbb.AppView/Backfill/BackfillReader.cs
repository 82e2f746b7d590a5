using System.Runtime.CompilerServices;
using Atbb.Client;

namespace Atbb.AppView.Backfill;

/// <summary>The state of the backfill, once or as it changes.</summary>
sealed class BackfillReader(AtbbClient atbb, TimeProvider time, IHostApplicationLifetime life)
{
    static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(2);

    public async Task<BackfillView> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var run = await atbb.GetProgressAsync(cancellationToken);
            return BackfillView.Of(run, run is { IsFinished: true } ? await atbb.JudgeIndexAsync(cancellationToken) : null);
        }
        catch (BackfillUnreachableException)
        {
            return BackfillView.Away;
        }
    }

    /// <summary>The state now and whenever it changes, until the reader or the site goes away.</summary>
    public async IAsyncEnumerable<BackfillView> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, life.ApplicationStopping);
        BackfillView? last = null;
        await foreach (var view in ReadOnAsync(ends.Token))
        {
            if (view != last)
                yield return view;
            last = view;
        }
    }

    async IAsyncEnumerable<BackfillView> ReadOnAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var watch = atbb.WatchAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await NextAsync(watch) is { } view)
                yield return view;
            // Nothing is under way. A look now and then notices the next run, and a service that has gone.
            yield return await ReadAsync(cancellationToken);
            await Task.Delay(BetweenLooks, time, cancellationToken);
        }
    }

    static async Task<BackfillView?> NextAsync(IAsyncEnumerator<Grains.Interfaces.Runs.RunProgress> watch)
    {
        try
        {
            // Of one that has ended there is more to be asked.
            return await watch.MoveNextAsync() && !watch.Current.IsFinished ? BackfillView.Of(watch.Current) : null;
        }
        catch (BackfillUnreachableException)
        {
            return null;
        }
    }
}
