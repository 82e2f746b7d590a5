using System.Text.Json.Nodes;
using Atbb.AtProto.Syntax;

namespace Atbb.Sample.Tests;

public class LazyForumTests
{
    static readonly SampleForumOptions Size = new() { Users = 7, PostsPerUser = 23, Boards = 4 };

    static IEnumerable<string> Lines(SampleRepo repo) =>
        from collection in repo.Collections
        from record in repo.Records(collection)
        select $"{repo.Rev} {record.Uri} {record.Cid}";

    [Fact]
    public void GenerateLazily_ReposReadInAnotherOrder_AreTheSame()
    {
        var forward = SampleForum.GenerateLazily(Size, long.MaxValue).Users.Select(Lines).Select(lines => lines.ToArray()).ToArray();
        var backward = SampleForum.GenerateLazily(Size, long.MaxValue).Users.Reverse().Select(Lines).Select(lines => lines.ToArray()).ToArray();

        Assert.Equal(forward, backward.Reverse());
    }

    [Fact]
    public void GenerateLazily_NothingMayBeKept_AnswersTheSameAgain()
    {
        var forum = SampleForum.GenerateLazily(Size, keptBytes: 0);
        var first = forum.Users.Select(user => Lines(user).ToArray()).ToArray();

        Assert.Equal(first, forum.Users.Select(user => Lines(user).ToArray()));
        Assert.NotSame(forum.Users[0].Records(ForumRecords.Post)[0], Reread(forum, 0));
    }

    [Fact]
    public void GenerateLazily_EnoughMayBeKept_WritesOnce()
    {
        var forum = SampleForum.GenerateLazily(Size, long.MaxValue);

        Assert.Same(forum.Users[0].Records(ForumRecords.Post)[0], Reread(forum, 0));
    }

    [Fact]
    public void GenerateLazily_EditedRepo_KeepsItsEdits()
    {
        var forum = SampleForum.GenerateLazily(Size, keptBytes: 0);
        var before = forum.Users[0].Rev;
        var added = forum.Users[0].Add(ForumRecords.Post, """{"text":"One more."}""");

        Assert.Equal(added.Cid, Assert.IsType<SampleRecord>(Reread(forum, 0, added.Rkey)).Cid);
        Assert.True(before < forum.Users[0].Rev);
    }

    [Fact]
    public void GenerateLazily_Replies_PointAtOlderPostsByTheirCids()
    {
        var forum = SampleForum.GenerateLazily(Size, long.MaxValue);
        var posts = forum.Users.SelectMany(user => user.Records(ForumRecords.Post)).ToDictionary(post => post.Uri);
        var replies = posts.Values.Select(post => (Post: post, Reply: JsonNode.Parse(post.Json.Span)!["reply"])).Where(post => post.Reply is not null).ToArray();

        Assert.Equal(7 * 23, posts.Count);
        Assert.InRange(replies.Length / (double)posts.Count, 0.75, 0.85);
        Assert.Contains(replies, reply => reply.Reply!["root"]!["uri"]!.GetValue<string>() != reply.Reply["parent"]!["uri"]!.GetValue<string>());
        foreach (var (post, reply) in replies)
        {
            foreach (var end in new[] { "root", "parent" })
            {
                var target = posts[reply![end]!["uri"]!.GetValue<string>()];
                Assert.Equal(target.Cid, reply[end]!["cid"]!.GetValue<string>());
                Assert.True(Tid.Parse(target.Rkey) < Tid.Parse(post.Rkey));
            }

            Assert.Null(JsonNode.Parse(posts[reply!["root"]!["uri"]!.GetValue<string>()].Json.Span)!["reply"]);
        }
    }

    [Fact]
    public void GenerateLazily_OneMember_AnswersAlone() =>
        Assert.Equal(12, SampleForum.GenerateLazily(Size with { Users = 1, PostsPerUser = 12 }, 0).Users[0].Count(ForumRecords.Post));

    // Another repository in between is what pushes one off the shelf.
    static SampleRecord? Reread(SampleForum forum, int user, string? rkey = null)
    {
        _ = forum.Users[user + 1].Records(ForumRecords.Post);
        var repo = forum.Users[user];
        return rkey is null ? repo.Records(ForumRecords.Post)[0] : repo.Find(ForumRecords.Post, rkey);
    }
}
