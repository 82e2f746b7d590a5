namespace Atbb.Grains;

/// <summary>Whether what is asked for is of the forum that the service is for.</summary>
static class ForumCheck
{
    /// <summary>What is wrong with a forum that a caller names; null when it is the service's.</summary>
    public static string? FaultOf(string forumDid, ForumOptions ours) => forumDid == ours.Did
        ? null
        : $"This service is for the forum {ours.Did}, and was asked for {forumDid}: nothing was done. Correct the forum of whoever asks, or take the service of that forum.";
}
