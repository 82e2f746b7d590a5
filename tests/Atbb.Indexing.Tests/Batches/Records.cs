using System.Text;
using System.Text.Json;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Repos;

namespace Atbb.Indexing.Tests.Batches;

/// <summary>Records and batches in few words.</summary>
static class Records
{
    public const string Post = "space.atbb.post";
    public const string Membership = "space.atbb.membership";
    public const string Board = "space.atbb.forum.board";
    public const string Category = "space.atbb.forum.category";
    public const string ForumRecord = "space.atbb.forum.forum";
    public const string Role = "space.atbb.forum.role";
    public const string ModAction = "space.atbb.modAction";

    public static readonly KeyRange Everything = new(null, false, null, false);

    public static string Uri(string did, string collection, string rkey) => $"at://{did}/{collection}/{rkey}";

    public static object Ref(string uri) => new { uri, cid = "bafyref" };

    public static SourceRecord Record(string did, string collection, string rkey, object value, string? cid = null) =>
        Raw(did, collection, rkey, JsonSerializer.Serialize(value), cid);

    public static SourceRecord Raw(string did, string collection, string rkey, string json, string? cid = null) =>
        new(Uri(did, collection, rkey), rkey, cid ?? "bafy" + rkey, Encoding.UTF8.GetBytes(json));

    public static SourceRecord Topic(string did, string rkey, string text = "Hello", string? cid = null) =>
        Record(did, Post, rkey, new { text, createdAt = "2026-01-02T03:04:05Z" }, cid);

    public static SourceRecord Reply(string did, string rkey, string rootUri, string parentUri, string? cid = null) =>
        Record(did, Post, rkey, new { text = "Reply", createdAt = "2026-01-02T03:04:05Z", reply = new { root = Ref(rootUri), parent = Ref(parentUri) } }, cid);

    /// <summary>A thread below a topic: each reply answers the one before.</summary>
    public static SourceRecord[] Thread(string did, int replies, string rootUri) =>
        [.. Enumerable.Range(0, replies).Select(i => Reply(did, $"reply{i:D4}", rootUri, i == 0 ? rootUri : Uri(did, Post, $"reply{i - 1:D4}")))];

    public static RecordBatch Batch(RepoState repo, string collection, params IReadOnlyList<SourceRecord> records) =>
        new() { Repo = repo, Collection = collection, Records = records };

    public static RepoState Repo(string did, long? run = null) => new() { Did = did, RunId = run, Status = RepoStatus.Active };

    /// <summary>The same state, for the next write.</summary>
    public static RepoState Next(this BatchResult result) => result.Repo;
}
