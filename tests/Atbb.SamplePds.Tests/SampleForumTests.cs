using System.Text.Json.Nodes;
using Atbb.AtProto.Syntax;

namespace Atbb.Sample.Tests;

public class SampleForumTests
{
    static IEnumerable<string> Lines(SampleForum forum) =>
        from repo in forum.Repos
        from collection in repo.Collections
        from record in repo.Records(collection)
        select $"{repo.Handle} {repo.Rev} {record.Uri} {record.Cid}";

    [Fact]
    public void Generate_SameSeed_IsTheSameForum() =>
        Assert.Equal(Lines(SampleForum.Generate(new() { Seed = 7 })), Lines(SampleForum.Generate(new() { Seed = 7 })));

    [Fact]
    public void Generate_OtherSeed_IsAnotherForum() =>
        Assert.Empty(Lines(SampleForum.Generate(new() { Seed = 7 })).Intersect(Lines(SampleForum.Generate(new() { Seed = 8 }))));

    [Fact]
    public void Generate_Options_AreTheCounts()
    {
        var forum = SampleForum.Generate(new() { Users = 10, PostsPerUser = 7, ExtraPostsOfFirstUser = 250, Boards = 12, ModActions = 4 });

        Assert.Equal(12, forum.Forum.Count(ForumRecords.Board));
        Assert.Equal(4, forum.Forum.Count(ForumRecords.ModAction));
        Assert.Equal([257, .. Enumerable.Repeat(7, 9)], forum.Users.Select(user => user.Count(ForumRecords.Post)));
        Assert.All(forum.Users, user => Assert.Equal(1, user.Count(ForumRecords.Membership)));
        Assert.All(forum.Repos, repo => Assert.True(Did.TryParse(repo.Did, out _) && repo.Did.Length == 32, repo.Did));
        Assert.Equal(forum.Repos.Count, forum.Repos.Select(repo => repo.Handle).Distinct().Count());
    }

    [Fact]
    public void Generate_Replies_PointAtOlderPostsByTheirCids()
    {
        var forum = SampleForum.Generate(new() { Users = 20, PostsPerUser = 30 });
        var posts = forum.Users.SelectMany(user => user.Records(ForumRecords.Post)).ToDictionary(post => post.Uri);

        var replies = posts.Values.Select(post => (Post: post, Reply: JsonNode.Parse(post.Json.Span)!["reply"])).Where(post => post.Reply is not null).ToArray();

        Assert.InRange(replies.Length / (double)posts.Count, 0.7, 0.9);
        foreach (var (post, reply) in replies)
        {
            foreach (var end in new[] { "root", "parent" })
            {
                var target = posts[reply![end]!["uri"]!.GetValue<string>()];
                Assert.Equal(target.Cid, reply[end]!["cid"]!.GetValue<string>());
                Assert.True(Tid.Parse(target.Rkey) < Tid.Parse(post.Rkey));
            }
        }
    }

    [Fact]
    public void Generate_Keys_AreUniqueTidsInTheOrderOfCreatedAt()
    {
        var forum = SampleForum.Generate(new() { Users = 8, PostsPerUser = 40 });

        var posts = forum.Users.SelectMany(user => user.Records(ForumRecords.Post)).OrderBy(post => post.Rkey, StringComparer.Ordinal).ToArray();

        Assert.Equal(posts.Length, posts.Select(post => post.Rkey).Distinct().Count());
        var times = posts.Select(post => JsonNode.Parse(post.Json.Span)!["createdAt"]!.GetValue<string>()).ToArray();
        Assert.Equal(times.Order(StringComparer.Ordinal), times);
    }

    [Fact]
    public async Task HostOn_SeveralPdses_SpreadsTheUsers()
    {
        var plc = new SamplePlc();
        await using var first = await SamplePds.StartAsync(plc);
        await using var second = await SamplePds.StartAsync(plc);
        var forum = SampleForum.Generate(new() { Users = 5, PostsPerUser = 1 });

        forum.HostOn(first, second);

        Assert.Equal(6, plc.Count);
        Assert.Same(forum.Users[0], first.Repo(forum.Users[0].Did));
        Assert.Same(forum.Users[1], second.Repo(forum.Users[1].Did));
        Assert.Throws<ArgumentException>(() => second.Repo(forum.Forum.Did));
    }
}
