using Atbb.Indexing.Repos;

namespace Atbb.Grains.Repos;

/// <summary>What a repository's state says of a run. Laid aside while the repository is read by hand, so that the run's counts stay its own.</summary>
readonly record struct RunShare(long? RunId, int Phase, bool IsSettled, RepoCounts Counts)
{
    /// <summary>The share in a state.</summary>
    public static RunShare Of(RepoState repo) => new(repo.RunId, repo.Phase, repo.IsSettled, repo.Counts);

    /// <summary>Puts the share back into a state.</summary>
    public RepoState Restore(RepoState repo) => repo with { RunId = RunId, Phase = Phase, IsSettled = IsSettled, Counts = Counts };
}
