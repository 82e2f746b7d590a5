namespace Atbb.AtProto.Xrpc;

/// <summary>A time limit on what a caller may also cancel.</summary>
sealed class Deadline : IDisposable
{
    readonly CancellationTokenSource timer;
    readonly CancellationTokenSource either;

    public Deadline(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        timer = new CancellationTokenSource(limit, time);
        either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
    }

    /// <summary>Cancelled by the caller, or when the time is up.</summary>
    public CancellationToken Token => either.Token;

    /// <summary>Whether the time is up.</summary>
    public bool HasPassed => timer.IsCancellationRequested;

    public void Dispose()
    {
        either.Dispose();
        timer.Dispose();
    }
}
