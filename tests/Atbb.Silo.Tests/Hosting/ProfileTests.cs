using System.Reflection;
using Atbb.Testing.Profiles;

namespace Atbb.Silo.Tests.Hosting;

/// <summary>The profiles that a published build is compiled with.</summary>
public sealed class ProfileTests
{
    // A state machine is named by its method's place among its type's: whoever adds one renames those behind it, and what is not found is not compiled ahead.
    const double LeastFound = 0.75;

    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Profile");

    public static TheoryData<string> Names => [.. Directory.GetFiles(Folder).Select(path => Path.GetFileName(path))];

    [Fact]
    public void Profiles_OfBothDatabases_AreThere() =>
        Assert.Equal(["first-postgresql.mibc", "first-sqlite.mibc", "unchanged-postgresql.mibc", "unchanged-sqlite.mibc"], Names.Select(row => row.Data).Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(Names))]
    public void Profile_OfTheServicesOwnTypes_NamesThoseThatThereAre(string name)
    {
        var named = ProfileFile.Types(Path.Combine(Folder, name)).Where(type => type.Assembly is "atbb" || type.Assembly.StartsWith("Atbb.", StringComparison.Ordinal)).ToList();

        var gone = named.Where(type => Assembly.Load(type.Assembly).GetType(type.Type) is null).ToList();

        Assert.True(named.Count > 50, $"{name} names {named.Count} types of the service's.");
        Assert.True(
            gone.Count <= (1 - LeastFound) * named.Count,
            $"Of {named.Count} types that {name} names {gone.Count} are no more, such as {string.Join(", ", gone.Take(3))}. Make it anew: dotnet run -c Release --project bench/Atbb.Bench -- profile");
    }
}
