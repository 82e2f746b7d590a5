using System.Collections.Frozen;
using Microsoft.Extensions.Options;

namespace Atbb.Grains.Repos;

/// <summary>Whom the operator has said to leave alone: nothing is asked, written or removed for them.</summary>
sealed class LeftOut(IOptions<BackfillOptions> options)
{
    readonly FrozenSet<string> dids = options.Value.SkipDids.ToFrozenSet(StringComparer.Ordinal);
    readonly FrozenSet<string> hosts = options.Value.SkipHosts.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Why an account is left out, as a sentence; null when it is not.</summary>
    public string? BecauseOf(string did) => dids.Contains(did) ? $"{did} is left out: it is in Atbb:Backfill:SkipDids." : null;

    /// <summary>Why what lives on a host is left out, as a sentence; null when it is not.</summary>
    /// <param name="did">The account.</param>
    /// <param name="host">The host's name, with its port where that is not the usual one.</param>
    public string? BecauseOf(string did, string? host) =>
        host is not null && hosts.Contains(host) ? $"{did} is left out: its host {host} is in Atbb:Backfill:SkipHosts." : null;
}
