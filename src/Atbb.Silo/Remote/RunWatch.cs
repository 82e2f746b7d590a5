using System.Runtime.CompilerServices;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Silo.Admin;
using Atbb.Silo.Progress;

namespace Atbb.Silo.Remote;

/// <summary>A run of a serving process, shown to its end or to its pause.</summary>
sealed class RunWatch(AdminClient client, TimeProvider time)
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    AdminAnswer<RunAnswer> last;

    /// <summary>Asks once a second.</summary>
    /// <returns>The run as it ended.</returns>
    public async Task<AdminAnswer<RunAnswer>> ShowAsync(long id, IProgressDisplay display, CancellationToken cancellationToken)
    {
        await display.ShowAsync(ReadAsync(id, cancellationToken), cancellationToken);
        return last;
    }

    async IAsyncEnumerable<RunProgress> ReadAsync(long id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            last = await client.GetRunAsync(id, cancellationToken);
            yield return last.Value.ToProgress();
            if (last.Value.Status is not RunStatus.InProgress)
                yield break;
            await Task.Delay(Pause, time, cancellationToken);
        }
    }
}
