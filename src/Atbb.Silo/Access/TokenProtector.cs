using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace Atbb.Silo.Access;

/// <summary>
/// Seals a sign-in under the admin token: every silo that has the token opens it, also after a restart, and none does once the token is another.
/// A key ring of each process's own would sign the operator out whenever a balancer chose another silo.
/// </summary>
/// <param name="token">The admin token.</param>
sealed class TokenProtector(string token) : IDataProtector
{
    static readonly int NonceSize = AesGcm.NonceByteSizes.MaxSize;
    static readonly int TagSize = AesGcm.TagByteSizes.MaxSize;

    readonly byte[] key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(token), outputLength: 32, info: "atbb sign-in"u8.ToArray());

    public IDataProtector CreateProtector(string purpose) => this;

    public byte[] Protect(byte[] plaintext)
    {
        ArgumentNullException.ThrowIfNull(plaintext);
        var sealedBytes = new byte[NonceSize + plaintext.Length + TagSize];
        var (nonce, text, tag) = PartsOf(sealedBytes);
        RandomNumberGenerator.Fill(nonce.Span);
        using var aes = new AesGcm(key, TagSize);
        aes.Encrypt(nonce.Span, plaintext, text.Span, tag.Span);
        return sealedBytes;
    }

    /// <exception cref="CryptographicException">Another token sealed it, or somebody else did.</exception>
    public byte[] Unprotect(byte[] protectedData)
    {
        ArgumentNullException.ThrowIfNull(protectedData);
        if (protectedData.Length < NonceSize + TagSize)
            throw new CryptographicException("Too short to be a sign-in.");

        var (nonce, text, tag) = PartsOf(protectedData);
        var plaintext = new byte[text.Length];
        using var aes = new AesGcm(key, TagSize);
        aes.Decrypt(nonce.Span, text.Span, tag.Span, plaintext);
        return plaintext;
    }

    static (Memory<byte> Nonce, Memory<byte> Text, Memory<byte> Tag) PartsOf(Memory<byte> bytes) =>
        (bytes[..NonceSize], bytes[NonceSize..^TagSize], bytes[^TagSize..]);
}
