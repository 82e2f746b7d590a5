using Orleans.Concurrency;

namespace Atbb.Grains.Runs;

/// <summary>The run of a forum, by the forum's DID, as its repositories know it.</summary>
[Alias("atbb.IRunListener")]
interface IRunListener : IGrainWithStringKey
{
    /// <summary>A repository was read by hand: whatever a run waits for there is over. Nobody waits for the answer, which a silo of an older release does not have.</summary>
    [OneWay, Alias("RepoIsBack")]
    Task RepoIsBackAsync(string did);
}
