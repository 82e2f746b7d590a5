using System.Globalization;

namespace Atbb.EndToEnd.Tests.Soak;

/// <summary>How long and how wide a soak is. Small by default, for every build; large by the environment.</summary>
/// <param name="Repos">Repositories of users.</param>
/// <param name="Duration">Rounds go on until this is over.</param>
/// <param name="Rounds">Rounds at least.</param>
sealed record SoakSize(int Repos, TimeSpan Duration, int Rounds)
{
    /// <summary>PDSes on which the repositories stand. The first is the PLC directory's address too; of the last one's accounts only a relay tells.</summary>
    public const int Hosts = 5;

    /// <summary>Requests between two disruptions, on average.</summary>
    public int Spacing => Math.Max(120, Repos / 5);

    /// <summary>By <c>ATBB_SOAK_REPOS</c>, <c>ATBB_SOAK_MINUTES</c> and <c>ATBB_SOAK_ROUNDS</c>.</summary>
    public static SoakSize FromEnvironment() => new(
        Number("ATBB_SOAK_REPOS", 100), TimeSpan.FromMinutes(Number("ATBB_SOAK_MINUTES", 0)), Number("ATBB_SOAK_ROUNDS", 2));

    static int Number(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
