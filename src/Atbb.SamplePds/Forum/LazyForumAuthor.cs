using System.Security.Cryptography;
using System.Text;
using Atbb.AtProto.Syntax;

namespace Atbb.Sample;

/// <summary>
/// Writes a forum's repositories one by one. Which post answers which follows from numbers alone: of every five posts of a member the first
/// is a topic, the second answers the neighbour's topic, and the others answer somebody's, or the first answer to it. So whatever a post points at
/// can be written, for its CID, without a third.
/// </summary>
sealed class LazyForumAuthor
{
    const int Round = 5;
    const int FirstAnswer = 1;

    readonly SampleForumOptions options;
    readonly RepoShelf shelf;
    readonly SampleRepo forum;
    readonly SampleRef self;
    readonly SampleRef[] boards;
    readonly SampleRef member;
    readonly string[] dids;
    readonly TimeSpan step;

    public LazyForumAuthor(SampleForumOptions options, long keptBytes)
    {
        this.options = options;
        shelf = new RepoShelf(keptBytes);
        forum = SampleForum.Generate(options with { Users = 0, PostsPerUser = 0, ExtraPostsOfFirstUser = 0, ModActions = 0 }).Forum;
        self = forum.Find(ForumRecords.Forum, "self")!.Ref;
        boards = [.. forum.Records(ForumRecords.Board).Select(board => board.Ref)];
        member = forum.Find(ForumRecords.Role, "member")!.Ref;
        dids = [.. Enumerable.Range(0, options.Users).Select(DidOf)];
        // Members write in turn, a second apart; after a round of all of them it is the first one's turn again.
        step = TimeSpan.FromSeconds(Math.Max(1, options.Users));
    }

    public SampleForum Describe() => new(forum, [.. dids.Select((did, user) =>
        new SampleRepo(did, $"member-{user}.sample.test", TimeOf(user, options.PostsPerUser), () => Write(user), shelf))]);

    IEnumerable<(string Collection, SampleRecord Record)> Write(int user)
    {
        var joined = TimeOf(user, 0).AddMilliseconds(-500);
        yield return (ForumRecords.Membership, Record(user, ForumRecords.Membership, joined, ForumRecords.MembershipJson(self, member, joined)));
        for (var number = 0; number < options.PostsPerUser; number++)
            yield return (ForumRecords.Post, Post(user, number));
    }

    SampleRecord Post(int user, int number)
    {
        var round = number / Round;
        switch (number % Round)
        {
            case 0:
                return Topic(user, round);
            case FirstAnswer:
                return Answer(user, number, (user + options.Users - 1) % options.Users, round, toFirst: false);
            default:
                // A topic of this round or an earlier one: it is older.
                var chance = Chance(user, number);
                return Answer(user, number, chance.Next(options.Users), chance.Next(round + 1), toFirst: chance.Next(2) == 0);
        }
    }

    SampleRecord Topic(int user, int round)
    {
        var prose = new SampleProse(Chance(user, round * Round));
        var time = TimeOf(user, round * Round);
        return Record(user, ForumRecords.Post, time, ForumRecords.TopicJson(prose.Title(), prose.Topic(), self, BoardOf(user, round), time));
    }

    SampleRecord Answer(int user, int number, int author, int round, bool toFirst)
    {
        var root = Topic(author, round);
        var parent = toFirst ? Post((author + 1) % options.Users, round * Round + FirstAnswer) : root;
        var time = TimeOf(user, number);
        var text = new SampleProse(Chance(user, number)).Reply();
        return Record(user, ForumRecords.Post, time, ForumRecords.ReplyJson(text, self, BoardOf(author, round), root.Ref, parent.Ref, time));
    }

    SampleRecord Record(int user, string collection, DateTimeOffset time, string json) =>
        SampleRecord.Of(dids[user], collection, Tid.FromTime(time, 0).Value, Encoding.UTF8.GetBytes(json));

    SampleRef BoardOf(int user, int round) => boards[(user + round) % boards.Length];

    DateTimeOffset TimeOf(int user, int number) => options.FoundedAt.AddDays(1) + number * step + TimeSpan.FromSeconds(user);

    Random Chance(int user, int number) => new(HashOf(user, number));

    // Not HashCode: it differs from process to process.
    int HashOf(int user, int number) => unchecked(((options.Seed * 16_777_619) ^ user) * 16_777_619 ^ number) * 16_777_619;

    string DidOf(int user) =>
        "did:plc:" + Base32.Encode(SHA256.HashData(Encoding.UTF8.GetBytes($"{options.Seed} member {user}")).AsSpan(0, 15));
}
