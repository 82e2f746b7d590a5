using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Atbb.EndToEnd.Tests;

/// <summary>
/// What is left to chance, from one seed for the whole run: it is printed by every test that draws, and <c>ATBB_TEST_SEED</c> sets it again.
/// </summary>
static class Chance
{
    /// <summary>The seed of this run.</summary>
    public static int Seed { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("ATBB_TEST_SEED"), CultureInfo.InvariantCulture, out var seed)
            ? seed
            : RandomNumberGenerator.GetInt32(int.MaxValue);

    /// <summary>The chance of one test: the same for the same seed, whichever tests run besides.</summary>
    public static Random For(string name) => For(name, Seed);

    /// <summary>The same, from a seed that is not this run's.</summary>
    public static Random For(string name, int seed)
    {
        Say($"ATBB_TEST_SEED={seed}");
        return new Random(BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed} {name}")))));
    }

    /// <summary>Writes to the test's output what was drawn.</summary>
    public static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);
}
