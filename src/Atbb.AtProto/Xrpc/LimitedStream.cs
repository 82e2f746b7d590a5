namespace Atbb.AtProto.Xrpc;

/// <summary>
/// The beginning of a stream, up to a number of bytes: what is compressed may go on for ever and never come to anything. The stream stays
/// its owner's to close.
/// </summary>
sealed class LimitedStream(Stream inner, int limit) : Stream
{
    int left = limit;

    /// <summary>Whether there was more.</summary>
    public bool IsExceeded { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // One byte more than is let through shows whether there is more.
        var read = await inner.ReadAsync(buffer.Length > left ? buffer[..(left + 1)] : buffer, cancellationToken).ConfigureAwait(false);
        IsExceeded |= read > left;
        read = Math.Min(read, left);
        left -= read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
