namespace Atbb.AtProto.Politeness;

/// <summary>The requests under way at one host: so many at once, first come, first served. How many goes by this process's share at the moment.</summary>
/// <remarks>Not a limiter of System.Threading.RateLimiting, whose number is fixed when it is made: silos come and go.</remarks>
sealed class HostPlaces(int total, SharedPoliteness shared)
{
    readonly Lock sync = new();
    readonly LinkedList<TaskCompletionSource> line = [];
    int taken;

    bool IsFree => taken < shared.PlacesOf(total);

    /// <summary>Takes a place that is free, if nobody waits for it.</summary>
    public bool TryTake()
    {
        lock (sync)
        {
            if (line.Count > 0 || !IsFree)
                return false;
            taken++;
            return true;
        }
    }

    /// <summary>Waits for a place.</summary>
    /// <returns>Whether there was one in time.</returns>
    public async ValueTask<bool> TakeAsync(TimeSpan maxWait, TimeProvider time, CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource> mine;
        lock (sync)
        {
            mine = line.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            CallUp();
        }

        try
        {
            await mine.Value.Task.WaitAsync(maxWait, time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            // Given the place at the last moment, it has it.
            return !Withdraw(mine);
        }
        catch (OperationCanceledException)
        {
            if (!Withdraw(mine))
                GiveBack();
            throw;
        }
    }

    /// <summary>Gives a place back, to whoever has waited longest.</summary>
    public void GiveBack()
    {
        lock (sync)
        {
            taken--;
            CallUp();
        }
    }

    void CallUp()
    {
        // More than one where the share has grown.
        while (line.First is { } next && IsFree)
        {
            line.RemoveFirst();
            taken++;
            next.Value.SetResult();
        }
    }

    // False: it has been called up.
    bool Withdraw(LinkedListNode<TaskCompletionSource> mine)
    {
        lock (sync)
        {
            if (mine.List is null)
                return false;
            line.Remove(mine);
            return true;
        }
    }
}
