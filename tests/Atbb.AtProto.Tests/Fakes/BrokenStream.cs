namespace Atbb.AtProto.Tests.Fakes;

/// <summary>A body that breaks off after its beginning.</summary>
sealed class BrokenStream(byte[] beginning) : MemoryStream(beginning)
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        await base.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : throw new IOException("reset by peer");
}
