namespace Atbb.Silo.Tests;

/// <summary>Test classes that start silos: each looks for free ports before it binds them, and two that start at once would take what both have seen.</summary>
static class OneAfterAnother
{
    public const string Name = "silos";
}
