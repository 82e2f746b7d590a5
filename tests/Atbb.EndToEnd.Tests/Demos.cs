namespace Atbb.EndToEnd.Tests;

/// <summary>
/// Test classes that run a demo, or the service without ports that are set: all of those look for free ports from the same ones on. Demos have the same forum, too, and one
/// that is killed and started again has to find its PDS where it was.
/// </summary>
static class Demos
{
    public const string Name = "demos";
}
