using System.Globalization;
using Atbb.Sample;

namespace Atbb.AppView.Tests;

/// <summary>A generated forum with what the tests look for written into it.</summary>
public sealed class WrittenForum
{
    /// <summary>What must be seen as text and never run.</summary>
    public const string Hostile =
        """<script>window.ran=1</script><img src=x onerror="window.ran=2"><a href="javascript:window.ran=3">press</a> javascript:window.ran=4 https://example.com/a"onmouseover="window.ran=5 https://example.com/fine. at://did:plc:abc/space.atbb.post/1 ftp://example.com/no &lt;b&gt;""";

    /// <summary>Replies in the long topic.</summary>
    public const int Replies = 45;

    readonly SampleRepo author;
    readonly SampleRef self;
    readonly SampleRef board;
    DateTimeOffset now = new(2026, 2, 1, 12, 0, 0, TimeSpan.Zero);

    internal WrittenForum()
    {
        Sample = SampleForum.Generate(new() { Users = 26, PostsPerUser = 6, ModActions = 0 });
        author = Sample.Users[0];
        Banned = Sample.Users[1];
        Pardoned = Sample.Users[2];
        self = Sample.Forum.Find(ForumRecords.Forum, "self")!.Ref;
        board = Sample.Forum.Records(ForumRecords.Board)[0].Ref;

        Scythe = Topic(author, "How to sharpen a scythe", "With a stone, and often.");
        var parent = Scythe;
        for (var i = 1; i <= Replies; i++)
            parent = Reply(Sample.Users[3 + i % 5], $"Answer number {i.ToString(CultureInfo.InvariantCulture)}{(i == 44 ? ", about whetstones" : "")}.", Scythe, i == 3 ? parent : Scythe);

        Attack = Topic(author, "<script>window.ran=6</script>", Hostile);
        Wide = Topic(author, new string('W', 300), new string('w', 3_000));
        OfBanned = Topic(Banned, "Cheap hats", "Buy my zzhats.");
        ReplyOfBanned = Reply(Banned, "More zzhats.", Scythe, Scythe);
        Act("ban", Banned.Did);
        OfPardoned = Topic(Pardoned, "I am back", "Sorry for the zzshouting.");
        Act("ban", Pardoned.Did);
        Act("unban", Pardoned.Did);

        Locked = Topic(author, "Enough of this", "It is closed.");
        Act("lock", Locked);
        HiddenReply = Reply(author, "A zzhidden reply.", Locked, Locked);
        Act("hide", HiddenReply);
        ShownReply = Reply(author, "A zzrestored reply.", Locked, HiddenReply);
        Act("hide", ShownReply);
        Act("unhide", ShownReply);
        Hidden = Topic(author, "Gone from sight", "A zzhidden topic.");
        ReplyToHidden = Reply(author, "A zzhidden topic's reply.", Hidden, Hidden);
        Act("hide", Hidden);
    }

    /// <summary>All of it.</summary>
    public SampleForum Sample { get; }

    /// <summary>The forum's DID.</summary>
    public string Did => Sample.Forum.Did;

    /// <summary>Who is banned.</summary>
    public SampleRepo Banned { get; }

    /// <summary>Who was banned, and is no more.</summary>
    public SampleRepo Pardoned { get; }

    /// <summary>A topic of three pages.</summary>
    public SampleRecord Scythe { get; }

    /// <summary>A topic by somebody who means harm.</summary>
    public SampleRecord Attack { get; }

    /// <summary>A topic of two very long words.</summary>
    public SampleRecord Wide { get; }

    /// <summary>A topic of who is banned.</summary>
    public SampleRecord OfBanned { get; }

    /// <summary>A reply of who is banned.</summary>
    public SampleRecord ReplyOfBanned { get; }

    /// <summary>A topic of who is banned no more.</summary>
    public SampleRecord OfPardoned { get; }

    /// <summary>A topic that is locked.</summary>
    public SampleRecord Locked { get; }

    /// <summary>A reply in it that is hidden.</summary>
    public SampleRecord HiddenReply { get; }

    /// <summary>A reply in it that was hidden, and is no more.</summary>
    public SampleRecord ShownReply { get; }

    /// <summary>A topic that is hidden.</summary>
    public SampleRecord Hidden { get; }

    /// <summary>A reply in that, which nobody has hidden.</summary>
    public SampleRecord ReplyToHidden { get; }

    SampleRecord Topic(SampleRepo by, string title, string text) =>
        by.Add(ForumRecords.Post, ForumRecords.TopicJson(title, text, self, board, Next()));

    SampleRecord Reply(SampleRepo by, string text, SampleRecord root, SampleRecord parent) =>
        by.Add(ForumRecords.Post, ForumRecords.ReplyJson(text, self, board, root.Ref, parent.Ref, Next()));

    void Act(string action, string did) =>
        Sample.Forum.Add(ForumRecords.ModAction, ForumRecords.ModActionJson($"space.atbb.modAction.{action}", did, "As decided.", author.Did, Next()));

    void Act(string action, SampleRecord post) =>
        Sample.Forum.Add(ForumRecords.ModAction, ForumRecords.ModActionJson($"space.atbb.modAction.{action}", post.Ref, "As decided.", author.Did, Next()));

    DateTimeOffset Next() => now += TimeSpan.FromMinutes(1);
}
