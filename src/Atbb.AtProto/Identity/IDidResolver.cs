using Atbb.AtProto.Syntax;

namespace Atbb.AtProto.Identity;

/// <summary>Finds out where an account lives. The seam for another library's resolver.</summary>
public interface IDidResolver
{
    /// <summary>Resolves a DID to its document.</summary>
    /// <param name="did">The account. Methods: <c>plc</c>, <c>web</c>.</param>
    /// <param name="maxAge">A document read at most this long ago will do; <see cref="TimeSpan.Zero"/> asks the source.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="AtProtoException">The document could not be had, or cannot be trusted.</exception>
    Task<DidDocument> ResolveAsync(Did did, TimeSpan maxAge, CancellationToken cancellationToken);

    /// <summary>The host that has an account's document; null when there cannot be one.</summary>
    string? HostOf(Did did);
}
