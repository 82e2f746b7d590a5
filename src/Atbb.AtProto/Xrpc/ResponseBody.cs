using System.Buffers;

namespace Atbb.AtProto.Xrpc;

/// <summary>An answer's body in a pooled buffer.</summary>
sealed class ResponseBody : IDisposable
{
    // Most pages fit, and what an answer says of its own length is not believed beyond the largest.
    const int SmallestBuffer = 16 * 1024;
    const int UnknownLengthBuffer = 128 * 1024;
    const int LargestFirstBuffer = 1024 * 1024;

    byte[]? buffer;
    int length;
    bool isLarger;

    ResponseBody(int capacity) => buffer = ArrayPool<byte>.Shared.Rent(capacity);

    static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The bytes, without a byte order mark. Not to be read after <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Memory
    {
        get
        {
            var bytes = buffer.AsMemory(0, length);
            return bytes.Span.StartsWith(ByteOrderMark) ? bytes[ByteOrderMark.Length..] : bytes;
        }
    }

    /// <summary>Reads a body to its end or up to a limit.</summary>
    /// <returns>The body; null when it is larger than <paramref name="maxBytes"/>, before or after decompression.</returns>
    /// <exception cref="InvalidDataException">It cannot be decompressed.</exception>
    public static async ValueTask<ResponseBody?> ReadAsync(HttpContent content, int maxBytes, CancellationToken cancellationToken)
    {
        var announced = content.Headers.ContentLength;
        if (announced > maxBytes)
            return null;

        var body = await ReadUpToAsync(content, FirstBuffer(BodyEncoding.IsCompressed(content) ? null : announced), maxBytes, cancellationToken).ConfigureAwait(false);
        if (!body.isLarger)
            return body;

        body.Dispose();
        return null;
    }

    /// <summary>Reads the beginning of a body that is of interest only so far.</summary>
    public static ValueTask<ResponseBody> ReadStartAsync(HttpContent content, int maxBytes, CancellationToken cancellationToken) =>
        ReadUpToAsync(content, maxBytes + 1, maxBytes, cancellationToken);

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref buffer, null) is { } rented)
            ArrayPool<byte>.Shared.Return(rented);
    }

    // One byte more than announced, so that the read that finds the end has room and the buffer need not grow for it.
    static int FirstBuffer(long? announced) => announced is { } bytes
        ? (int)Math.Clamp(bytes + 1, SmallestBuffer, LargestFirstBuffer)
        : UnknownLengthBuffer;

    /// <summary>Reads until the end, or until there is more than <paramref name="maxBytes"/>.</summary>
    static async ValueTask<ResponseBody> ReadUpToAsync(HttpContent content, int capacity, int maxBytes, CancellationToken cancellationToken)
    {
        var body = new ResponseBody(capacity);
        try
        {
            using var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            if (BodyEncoding.IsCompressed(content))
                await body.DecompressAsync(content, stream, maxBytes, cancellationToken).ConfigureAwait(false);
            else
                await body.ReadAsync(stream, maxBytes, cancellationToken).ConfigureAwait(false);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
        finally
        {
            RequestMeter.CountBytes(body.length);
        }
    }

    async ValueTask DecompressAsync(HttpContent content, Stream stream, int maxBytes, CancellationToken cancellationToken)
    {
        using var compressed = new LimitedStream(stream, maxBytes);
        using var decompressed = BodyEncoding.Decompress(content, compressed);
        try
        {
            await ReadAsync(decompressed, maxBytes, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (compressed.IsExceeded && e is (InvalidDataException or InvalidOperationException))
        {
            // Cut off, it does not decompress to an end.
        }
        catch (InvalidOperationException e)
        {
            // How the one for brotli says it; outside it would be taken for a programming error.
            throw new InvalidDataException(e.Message, e);
        }

        isLarger |= compressed.IsExceeded;
    }

    async ValueTask ReadAsync(Stream stream, int maxBytes, CancellationToken cancellationToken)
    {
        while (length <= maxBytes)
        {
            var read = await stream.ReadAsync(FreeSpace(maxBytes), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                return;
            length += read;
        }

        isLarger = true;
    }

    Memory<byte> FreeSpace(int maxBytes)
    {
        if (length == buffer!.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min((long)maxBytes + 1, length * 2L));
            buffer.AsSpan(0, length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }

        return buffer.AsMemory(length);
    }
}
