using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Atbb.Grains.Repos;

/// <summary>Stands for a text of a stranger's where many are kept in memory: short however long the text is, and nobody finds a second text for it.</summary>
/// <remarks>Two numbers and no UInt128: methods that handle one are left out of what is compiled ahead, and would be compiled during the first run.</remarks>
readonly record struct TextHash(ulong First, ulong Second)
{
    public static TextHash Of(string text)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return new(BinaryPrimitives.ReadUInt64LittleEndian(hash), BinaryPrimitives.ReadUInt64LittleEndian(hash.AsSpan(sizeof(ulong))));
    }
}
