namespace Atbb.Bench.Contenders;

/// <summary>How a build is made of a checkout.</summary>
enum BuildKind
{
    /// <summary>By <c>dotnet build</c>: for the runtime of the machine, compiled while it runs.</summary>
    Plain,

    /// <summary>By <c>dotnet publish</c> for the machine's platform: with a runtime of its own, compiled ahead together with it.</summary>
    Published,

    /// <summary>The same, but for what the profile of the checkout names: that is compiled while it runs.</summary>
    PublishedWithoutProfile,
}
