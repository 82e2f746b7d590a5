namespace Atbb.Grains.Runs;

/// <summary>The repositories of a phase, in the order of their DIDs.</summary>
interface IRepoSource
{
    /// <summary>The next repositories.</summary>
    /// <param name="after">The DID after which to go on; null: from the first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>In ascending order of their bytes; none when there are no more.</returns>
    Task<IReadOnlyList<EnumeratedRepo>> NextAsync(string? after, CancellationToken cancellationToken);
}
