namespace Atbb.Grains.Interfaces.Runs;

/// <summary>Where a run is.</summary>
[GenerateSerializer, Alias("atbb.RunPhase")]
public enum RunPhase
{
    /// <summary>Reading the forum's own repository: forum, categories, boards, roles, moderation.</summary>
    Forum = 1,

    /// <summary>Reading the users' repositories: memberships, then posts.</summary>
    Users = 2,
}
