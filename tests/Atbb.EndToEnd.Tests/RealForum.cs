using Atbb.AtProto.Syntax;
using Atbb.Sample;
using Atbb.Testing.RealPds;

namespace Atbb.EndToEnd.Tests;

/// <summary>A forum on real PDSes, whose members join, write, and change what they wrote.</summary>
sealed class RealForum
{
    const string Post = ForumRecords.Post;

    static readonly DateTimeOffset Founded = new(2025, 3, 1, 9, 0, 0, TimeSpan.Zero);

    readonly SampleRef self;
    readonly SampleRef role;
    readonly SampleRef board;
    int ticks;

    RealForum(RealAccount account, SampleRef self, SampleRef role, SampleRef board) =>
        (Account, this.self, this.role, this.board) = (account, self, role, board);

    /// <summary>The forum's own account.</summary>
    public RealAccount Account { get; }

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    public static async Task<RealForum> FoundAsync(RealPdsFixture pdses, int boards = 1)
    {
        var account = await pdses.CreateAccountAsync(0, "the-shed", Ends);
        var self = await account.PutAsync(ForumRecords.Forum, "self", ForumRecords.ForumJson("The Shed", "Mending.", Founded), Ends);
        var category = await account.CreateAsync(ForumRecords.Category, ForumRecords.CategoryJson("Workshop", "", "workshop", 1, Founded), Ends);
        var role = await account.CreateAsync(ForumRecords.Role, ForumRecords.RoleJson("Member", "", ["space.atbb.permission.createPosts"], 30, Founded), Ends);
        await account.ApplyAsync(Enumerable.Range(0, boards).Select(number => RealWrite.Create(ForumRecords.Board, KeyOf(number),
            ForumRecords.BoardJson($"Board {number}", "", $"board-{number}", number, category, Founded))), Ends);
        var board = (await account.ListAsync(ForumRecords.Board, Ends))[0];
        return new RealForum(account, self, role, new SampleRef(board.Uri, board.Cid));
    }

    /// <summary>Makes an account a member that has begun a topic and answered itself so many times: there, or in another topic.</summary>
    /// <returns>Its topic.</returns>
    public async Task<SampleRef> JoinAsync(RealAccount member, int replies, SampleRef? root = null)
    {
        await member.CreateAsync(ForumRecords.Membership, ForumRecords.MembershipJson(self, role, Founded), Ends);
        var topic = await member.PutAsync(Post, NextKey(), ForumRecords.TopicJson($"Topic of {member.Handle}", "Who knows?", self, board, Founded), Ends);
        await member.ApplyAsync(Enumerable.Range(0, replies).Select(reply => RealWrite.Create(Post, NextKey(),
            ForumRecords.ReplyJson($"Reply {reply}", self, board, root ?? topic, topic, Founded))), Ends);
        return topic;
    }

    /// <summary>Deletes a post, changes another and writes a new one, in one commit.</summary>
    public async Task EditAsync(RealAccount member, Random random)
    {
        var posts = (await member.ListAsync(Post, Ends)).Select(post => post.Rkey).ToArray();
        random.Shuffle(posts);
        await member.ApplyAsync(
        [
            RealWrite.Delete(Post, posts[0]),
            RealWrite.Update(Post, posts[1], """{"$type":"space.atbb.post","text":"changed","createdAt":"2026-02-02T00:00:00Z"}"""),
            RealWrite.Create(Post, NextKey(), """{"$type":"space.atbb.post","text":"new","createdAt":"2026-02-02T00:00:00Z"}"""),
        ], Ends);
    }

    /// <summary>The next record's key.</summary>
    public string NextKey() => KeyOf(++ticks);

    static string KeyOf(int tick) => Tid.FromTime(Founded.AddSeconds(tick), 0).Value;
}
