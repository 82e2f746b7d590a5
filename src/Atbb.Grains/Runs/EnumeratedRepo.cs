using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Grains.Runs;

/// <summary>A repository of a phase.</summary>
/// <param name="Did">Its account.</param>
/// <param name="Settled">What it came to, where the phase is done with it already and need not ask; null: it is to be read.</param>
readonly record struct EnumeratedRepo(string Did, SyncCounts? Settled = null);
