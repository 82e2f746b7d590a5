namespace Atbb.AtProto.Tests.Fakes;

/// <summary>A body that begins and never ends.</summary>
sealed class HangingStream(byte[] beginning) : MemoryStream(beginning)
{
    /// <summary>Completes when the beginning has been read and more is waited for.</summary>
    public TaskCompletionSource Waiting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (await base.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            return read;
        Waiting.TrySetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        return 0;
    }
}
