namespace Atbb.Testing;

/// <summary>The machine that these tests run on.</summary>
public static class CiMachine
{
    /// <summary>Whether it has to have everything that a test needs (<c>CI=true</c>): what is missing is a failure there, and on somebody's own machine a reason to skip.</summary>
    public static bool IsThis => Environment.GetEnvironmentVariable("CI") == "true";
}
