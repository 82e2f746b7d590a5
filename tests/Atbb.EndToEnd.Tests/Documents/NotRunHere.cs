namespace Atbb.EndToEnd.Tests.Documents;

/// <summary>Commands that no test of documents gives, and why.</summary>
/// <param name="Beginning">What they begin with.</param>
/// <param name="Reason">Why not; and who runs the same in some other way, if somebody does.</param>
sealed record NotRunHere(string Beginning, string Reason)
{
    public static readonly IReadOnlyList<NotRunHere> All =
    [
        new("docker ", "Wants an engine for containers. ContainerTests run the compose file's processes, ContainerFilesTests read its files."),
        new("kubectl ", "Wants a cluster. DocumentTests read the file that is applied."),
        new("./test.sh", "Runs every test, this one too."),
        new(".ci/run", "Runs every test, this one too."),
        new("tests/", "Runs tests; they are run by whoever runs this one."),
        new("dotnet build ", "Builds what is running."),
        new("dotnet pack ", "Builds what is running. PackageTests pack it as it was built."),
        new("dotnet add ", "Changes an application of the reader's. PackageTests build one on the package."),
        new("dotnet tool ", "Installs into the home of whoever runs the tests. PackageTests install into a folder."),
        new("dotnet publish ", "Compiles runtime and service ahead, for minutes."),
        new("dotnet run -c Release --project bench/", "Takes minutes and wants a quiet machine. BenchTests run it small; counts are held by CostTests."),
        new("bench/cluster.sh", "Takes minutes and wants a quiet machine. ThreeSilosTests run several silos."),
        new("cd tests/", "Leads to the soak's program."),
        new("ATBB_SOAK_REPOS=", "The soak, for half an hour. SoakTests run it small."),
    ];
}
