using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Atbb.Grains.Repos;

/// <summary>Stands for a text of a stranger's where many are kept in memory: short however long the text is, and nobody finds a second text for it.</summary>
static class TextHash
{
    public static UInt128 Of(string text) => BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
