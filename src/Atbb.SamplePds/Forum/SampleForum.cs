namespace Atbb.Sample;

/// <summary>A generated forum: its own repository and those of the people who write in it.</summary>
public sealed class SampleForum
{
    /// <summary>A forum of repositories that there are already.</summary>
    public SampleForum(SampleRepo forum, IReadOnlyList<SampleRepo> users)
    {
        Forum = forum;
        Users = users;
    }

    /// <summary>The forum's repository: the forum, its categories, boards, roles and moderators' actions.</summary>
    public SampleRepo Forum { get; }

    /// <summary>The members' repositories: memberships and posts.</summary>
    public IReadOnlyList<SampleRepo> Users { get; }

    /// <summary>Every repository, the forum's first.</summary>
    public IReadOnlyList<SampleRepo> Repos => [Forum, .. Users];

    /// <summary>How many records all repositories hold together.</summary>
    public int RecordCount => Repos.Sum(repo => repo.Collections.Sum(repo.Count));

    /// <summary>Makes a forum. The same options make the same forum.</summary>
    public static SampleForum Generate(SampleForumOptions? options = null) => new ForumAuthor(options ?? new()).Write();

    /// <summary>
    /// Describes a forum whose members' repositories are written one by one when they are read, each without the others: for one that is larger than
    /// memory. The same options make the same forum, which is not the one that <see cref="Generate"/> makes of them.
    /// </summary>
    /// <param name="options">Its size. It has no moderators' actions, and nobody has extra posts.</param>
    /// <param name="keptBytes">Bytes of records to keep once they are written; older ones are given up, and written again when they are read.</param>
    public static SampleForum GenerateLazily(SampleForumOptions options, long keptBytes) => new LazyForumAuthor(options, keptBytes).Describe();

    /// <summary>Puts the forum on the first of these PDSes, and its members on all of them in turn.</summary>
    public void HostOn(params IReadOnlyList<SamplePds> hosts)
    {
        hosts[0].Host(Forum);
        for (var i = 0; i < hosts.Count; i++)
        {
            var mine = i;
            hosts[i].Host([.. Users.Where((_, number) => number % hosts.Count == mine)]);
        }
    }
}
