namespace Atbb.Bench.Forums;

/// <summary>What the PDS was asked since it was last told to forget.</summary>
/// <param name="Requests">Requests to the PDS.</param>
/// <param name="Directory">Requests to its directory of DIDs.</param>
/// <param name="Bytes">Bytes of the answers' bodies, of both.</param>
sealed record PdsFigures(long Requests, long Directory, long Bytes);
