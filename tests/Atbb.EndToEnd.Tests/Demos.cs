namespace Atbb.EndToEnd.Tests;

/// <summary>
/// Test classes that run a demo: all demos look for free ports from the same ones on and have the same forum, and one that is killed and started again has to find its PDS
/// where it was.
/// </summary>
static class Demos
{
    public const string Name = "demos";
}
