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
        Released = Sample.Users[8];
        self = Sample.Forum.Find(ForumRecords.Forum, "self")!.Ref;
        board = Sample.Forum.Records(ForumRecords.Board)[0].Ref;

        Scythe = Topic(author, "How to sharpen a scythe", "With a stone, and often.");
        var parent = Scythe;
        for (var i = 1; i <= Replies; i++)
            parent = Reply(Sample.Users[3 + i % 5], $"Answer number {i.ToString(CultureInfo.InvariantCulture)}{(i == 44 ? ", about whetstones" : "")}.", Scythe, i == 3 ? parent : Scythe);

        Attack = Topic(author, "<script>window.ran=6</script>", Hostile);
        Wide = Topic(author, new string('W', 300), new string('w', 3_000));
        Towers = Topic(author, string.Concat("tower".Select(letter => letter + Marks)), "Of marks." + Marks);
        Invisible = Topic(author, "\u200B\u200B", "What it is about");
        OfBanned = Topic(Banned, "Cheap hats", "Buy my zzhats.");
        ReplyOfBanned = Reply(Banned, "More zzhats.", Scythe, Scythe);
        Act("ban", Banned.Did);
        OfPardoned = Topic(Pardoned, "I am back", "Sorry for the zzshouting.");
        Act("ban", Pardoned.Did);
        Act("unban", Pardoned.Did);
        OfReleased = Topic(Released, "Time served", "A zzserved topic.");
        Act("ban", Released.Did, now.AddDays(1));
        HiddenForNow = Topic(author, "Out of sight for now", "A zzhidden topic, for a century.");
        Act("hide", HiddenForNow, now.AddYears(100));

        Locked = Topic(author, "Enough of this", "It is closed.");
        Act("lock", Locked);
        Act("pin", Locked);
        HiddenReply = Reply(author, "A zzhidden reply.", Locked, Locked);
        Act("hide", HiddenReply);
        // That it was hidden has not been taken back.
        Act("delete", HiddenReply);
        Act("undelete", HiddenReply);
        ShownReply = Reply(author, "A zzrestored reply.", Locked, HiddenReply);
        Act("hide", ShownReply);
        Act("unhide", ShownReply);
        Hidden = Topic(author, "Gone from sight", "A zzhidden topic.");
        ReplyToHidden = Reply(author, "A zzhidden topic's reply.", Hidden, Hidden);
        Act("hide", Hidden);

        Foreign = author.Add(ForumRecords.Post, ForumRecords.TopicJson("Held elsewhere", "A zzforeign topic.", ElsewhereForum, ElsewhereBoard, Next()));
        ForeignReply = author.Add(ForumRecords.Post, ForumRecords.ReplyJson("A zzforeign reply.", ElsewhereForum, ElsewhereBoard, Foreign.Ref, Foreign.Ref, Next()));
        // What it says of its forum does not bring it here.
        ForeignReplyThatSaysOurs = Reply(author, "A zzforeign reply of ours.", Foreign, Foreign);
        ReplyToNothing = author.Add(ForumRecords.Post, ForumRecords.ReplyJson(
            "A zzforeign reply to nothing.", ElsewhereForum, ElsewhereBoard, At("did:plc:elsewhereelsewhereelsewh", ForumRecords.Post), At("did:plc:elsewhereelsewhereelsewh", ForumRecords.Post), Next()));
    }

    static SampleRef ElsewhereForum { get; } = At("did:plc:elsewhereelsewhereelsewh", ForumRecords.Forum, "self");

    static SampleRef ElsewhereBoard { get; } = At("did:plc:elsewhereelsewhereelsewh", ForumRecords.Board);

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

    /// <summary>A topic whose letters have towers of marks.</summary>
    public SampleRecord Towers { get; }

    /// <summary>A topic whose title is not to be seen.</summary>
    public SampleRecord Invisible { get; }

    /// <summary>A topic of who is banned.</summary>
    public SampleRecord OfBanned { get; }

    /// <summary>A reply of who is banned.</summary>
    public SampleRecord ReplyOfBanned { get; }

    /// <summary>A topic of who is banned no more.</summary>
    public SampleRecord OfPardoned { get; }

    /// <summary>Who was banned until a day that has passed.</summary>
    public SampleRepo Released { get; }

    /// <summary>A topic of theirs.</summary>
    public SampleRecord OfReleased { get; }

    /// <summary>A topic that is hidden until a day to come.</summary>
    public SampleRecord HiddenForNow { get; }

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

    /// <summary>A member's topic in another forum.</summary>
    public SampleRecord Foreign { get; }

    /// <summary>A member's reply in it.</summary>
    public SampleRecord ForeignReply { get; }

    /// <summary>Another, which names this forum.</summary>
    public SampleRecord ForeignReplyThatSaysOurs { get; }

    /// <summary>A member's reply to a topic that the index does not have.</summary>
    public SampleRecord ReplyToNothing { get; }

    /// <summary>Who wrote those.</summary>
    public SampleRepo Author => author;

    static string Marks { get; } = string.Concat(Enumerable.Repeat("\u0301\u0323", 60));

    // Nobody has these: references need not lead anywhere.
    static SampleRef At(string did, string collection, string rkey = "3zzzzzzzzzz22") =>
        new($"at://{did}/{collection}/{rkey}", "bafyreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku");

    SampleRecord Topic(SampleRepo by, string title, string text) =>
        by.Add(ForumRecords.Post, ForumRecords.TopicJson(title, text, self, board, Next()));

    SampleRecord Reply(SampleRepo by, string text, SampleRecord root, SampleRecord parent) =>
        by.Add(ForumRecords.Post, ForumRecords.ReplyJson(text, self, board, root.Ref, parent.Ref, Next()));

    void Act(string action, string did, DateTimeOffset? until = null) =>
        Sample.Forum.Add(ForumRecords.ModAction, ForumRecords.ModActionJson($"space.atbb.modAction.{action}", did, "As decided.", author.Did, Next(), until));

    void Act(string action, SampleRecord post, DateTimeOffset? until = null) =>
        Sample.Forum.Add(ForumRecords.ModAction, ForumRecords.ModActionJson($"space.atbb.modAction.{action}", post.Ref, "As decided.", author.Did, Next(), until));

    DateTimeOffset Next() => now += TimeSpan.FromMinutes(1);
}
