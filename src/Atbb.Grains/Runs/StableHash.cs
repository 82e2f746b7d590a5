using System.Security.Cryptography;
using System.Text;

namespace Atbb.Grains.Runs;

/// <summary>A hash that is the same in every process, unlike a string's own.</summary>
static class StableHash
{
    /// <summary>Of some texts in their order.</summary>
    public static string Of(IEnumerable<string> texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in texts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(text));
            hash.AppendData([0]);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
