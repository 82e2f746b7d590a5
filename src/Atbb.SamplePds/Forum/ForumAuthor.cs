using System.Security.Cryptography;
using System.Text;
using Atbb.AtProto.Syntax;

namespace Atbb.Sample;

/// <summary>Writes a <see cref="SampleForum"/>, post by post in the order of time.</summary>
sealed class ForumAuthor
{
    const int RecentThreads = 40;
    const double TopicShare = 0.2;
    const string CreateTopics = "space.atbb.permission.createTopics";
    const string CreatePosts = "space.atbb.permission.createPosts";

    static readonly string[] Categories = ["Workshop", "Garden", "Kitchen", "Town"];

    static readonly string[] BoardNames =
        ["Introductions", "Repairs", "Tools", "Vegetables", "Trees", "Bread", "Recipes", "Noticeboard", "Lost and found", "Small talk"];

    static readonly (string Name, string[] Permissions, int Priority)[] Roles =
    [
        ("Owner", ["*"], 0),
        ("Moderator", [CreateTopics, CreatePosts, "space.atbb.permission.moderatePosts"], 20),
        ("Member", [CreateTopics, CreatePosts], 30),
    ];

    readonly SampleForumOptions options;
    readonly Random random;
    readonly SampleProse prose;
    readonly SampleRepo forum;
    readonly SampleRepo[] users;
    readonly List<Thread> threads = [];
    DateTimeOffset now;

    sealed record Written(SampleRef Ref, string Author);

    sealed record Thread(SampleRef Board, List<Written> Posts);

    public ForumAuthor(SampleForumOptions options)
    {
        this.options = options;
        random = new Random(options.Seed);
        prose = new SampleProse(random);
        now = options.FoundedAt;
        forum = new SampleRepo(DidOf("forum"), "forum.sample.test");
        users = [.. Enumerable.Range(1, options.Users).Select(number => new SampleRepo(DidOf($"user {number}"), prose.Handle(number)))];
    }

    public SampleForum Write()
    {
        var json = ForumRecords.ForumJson("The Shed", "A forum about mending, growing and baking things.", now);
        var self = Put(forum, ForumRecords.Forum, "self", json).Ref;
        var roles = Roles.Select(role => Put(forum, ForumRecords.Role, role.Name.ToLowerInvariant(),
            ForumRecords.RoleJson(role.Name, $"What a {role.Name.ToLowerInvariant()} may do.", role.Permissions, role.Priority, now)).Ref)
            .ToArray();
        var boards = WriteBoards();
        foreach (var (number, user) in users.Index())
            Add(user, ForumRecords.Membership, ForumRecords.MembershipJson(self, roles[number switch { 0 => 0, 1 => 1, _ => 2 }], now));

        WritePosts(self, boards);
        WriteModActions();
        return new SampleForum(forum, users);
    }

    SampleRef[] WriteBoards()
    {
        var categories = Categories.Select((name, order) => Add(forum, ForumRecords.Category,
            ForumRecords.CategoryJson(name, $"Everything about the {name.ToLowerInvariant()}.", Slug(name), order, now)).Ref)
            .ToArray();
        return [.. Enumerable.Range(0, options.Boards).Select(order =>
        {
            var name = order < BoardNames.Length ? BoardNames[order] : $"{BoardNames[order % BoardNames.Length]} {order / BoardNames.Length + 1}";
            return Add(forum, ForumRecords.Board,
                ForumRecords.BoardJson(name, $"{name}: questions and answers.", Slug(name), order, categories[order % categories.Length], now)).Ref;
        })];
    }

    void WritePosts(SampleRef self, SampleRef[] boards)
    {
        var authors = new List<SampleRepo>(options.Users * options.PostsPerUser + options.ExtraPostsOfFirstUser);
        foreach (var user in users)
            authors.AddRange(Enumerable.Repeat(user, options.PostsPerUser));
        if (users.Length > 0)
            authors.AddRange(Enumerable.Repeat(users[0], options.ExtraPostsOfFirstUser));
        var turns = authors.ToArray();
        random.Shuffle(turns);

        var step = turns.Length == 0 ? TimeSpan.Zero : options.Age / turns.Length;
        foreach (var author in turns)
        {
            now += step * (0.5 + random.NextDouble() / 2);
            if (threads.Count == 0 || random.NextDouble() < TopicShare)
                WriteTopic(author, self, boards);
            else
                WriteReply(author, self);
        }
    }

    void WriteTopic(SampleRepo author, SampleRef self, SampleRef[] boards)
    {
        var board = boards[random.Next(boards.Length)];
        var topic = Add(author, ForumRecords.Post, ForumRecords.TopicJson(prose.Title(), prose.Topic(), self, board, now));
        threads.Add(new Thread(board, [new Written(topic.Ref, author.Did)]));
    }

    void WriteReply(SampleRepo author, SampleRef self)
    {
        // People answer in threads that were started lately, and mostly somebody else.
        var oldest = Math.Max(0, threads.Count - RecentThreads);
        var thread = threads[random.Next(oldest, threads.Count)];
        var parent = thread.Posts[random.Next(thread.Posts.Count)];
        if (parent.Author == author.Did)
            parent = thread.Posts.Find(post => post.Author != author.Did) ?? parent;

        var text = prose.Reply();
        var reply = Add(author, ForumRecords.Post, ForumRecords.ReplyJson(text, self, thread.Board, thread.Posts[0].Ref, parent.Ref, now));
        thread.Posts.Add(new Written(reply.Ref, author.Did));
    }

    void WriteModActions()
    {
        for (var i = 0; i < options.ModActions && threads.Count > 0; i++)
        {
            now += TimeSpan.FromMinutes(1);
            var thread = threads[random.Next(threads.Count)];
            var post = thread.Posts[random.Next(thread.Posts.Count)];
            var moderator = users[Math.Min(1, users.Length - 1)].Did;
            Add(forum, ForumRecords.ModAction, i % 3 == 2
                ? ForumRecords.ModActionJson("space.atbb.modAction.ban", users[^1].Did, "Keeps selling hats.", moderator, now)
                : ForumRecords.ModActionJson("space.atbb.modAction.lock", post.Ref, "Enough has been said.", moderator, now));
        }
    }

    SampleRecord Add(SampleRepo repo, string collection, string json) => Put(repo, collection, Tid.FromTime(now, 0).Value, json);

    SampleRecord Put(SampleRepo repo, string collection, string rkey, string json)
    {
        var record = repo.Put(collection, rkey, Encoding.UTF8.GetBytes(json), now);
        // Never two records in one microsecond: keys are unique and in the order of time across all repositories.
        now = now.AddMicroseconds(1 + random.Next(1_000));
        return record;
    }

    string DidOf(string name) =>
        "did:plc:" + Base32.Encode(SHA256.HashData(Encoding.UTF8.GetBytes($"{options.Seed} {name}")).AsSpan(0, 15));

    static string Slug(string name) => name.ToLowerInvariant().Replace(' ', '-');
}
