using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Atbb.Sample;

/// <summary>The JSON of atBB's records, as its AppView writes them.</summary>
public static class ForumRecords
{
    /// <summary>NSID of the forum itself; its record key is <c>self</c>.</summary>
    public const string Forum = "space.atbb.forum.forum";

    /// <summary>NSID of categories.</summary>
    public const string Category = "space.atbb.forum.category";

    /// <summary>NSID of boards.</summary>
    public const string Board = "space.atbb.forum.board";

    /// <summary>NSID of roles.</summary>
    public const string Role = "space.atbb.forum.role";

    /// <summary>NSID of moderators' actions.</summary>
    public const string ModAction = "space.atbb.modAction";

    /// <summary>NSID of memberships.</summary>
    public const string Membership = "space.atbb.membership";

    /// <summary>NSID of posts: topics and replies.</summary>
    public const string Post = "space.atbb.post";

    static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A forum.</summary>
    public static string ForumJson(string name, string description, DateTimeOffset createdAt) =>
        Json(Forum, createdAt, ("name", name), ("description", description));

    /// <summary>A category.</summary>
    public static string CategoryJson(string name, string description, string slug, int sortOrder, DateTimeOffset createdAt) =>
        Json(Category, createdAt, ("name", name), ("description", description), ("slug", slug), ("sortOrder", sortOrder));

    /// <summary>A board in a category.</summary>
    public static string BoardJson(
        string name, string description, string slug, int sortOrder, SampleRef category, DateTimeOffset createdAt) =>
        Json(Board, createdAt, ("name", name), ("description", description), ("slug", slug), ("sortOrder", sortOrder),
            ("category", new JsonObject { ["category"] = Of(category) }));

    /// <summary>A role.</summary>
    public static string RoleJson(
        string name, string description, IReadOnlyList<string> permissions, int priority, DateTimeOffset createdAt) =>
        Json(Role, createdAt, ("name", name), ("description", description),
            ("permissions", new JsonArray([.. permissions.Select(permission => JsonValue.Create(permission))])), ("priority", priority));

    /// <summary>A moderator's action on an account.</summary>
    public static string ModActionJson(
        string action, string subjectDid, string reason, string createdBy, DateTimeOffset createdAt, DateTimeOffset? expiresAt = null) =>
        ModActionJson(action, new JsonObject { ["did"] = subjectDid }, reason, createdBy, createdAt, expiresAt);

    /// <summary>A moderator's action on a post.</summary>
    public static string ModActionJson(
        string action, SampleRef subject, string reason, string createdBy, DateTimeOffset createdAt, DateTimeOffset? expiresAt = null) =>
        ModActionJson(action, new JsonObject { ["post"] = Of(subject) }, reason, createdBy, createdAt, expiresAt);

    /// <summary>A membership, with or without a role.</summary>
    public static string MembershipJson(SampleRef forum, SampleRef? role, DateTimeOffset joinedAt) =>
        Json(Membership, joinedAt, ("forum", new JsonObject { ["forum"] = Of(forum) }),
            ("role", role is { } held ? new JsonObject { ["role"] = Of(held) } : null), ("joinedAt", Text(joinedAt)));

    /// <summary>A topic.</summary>
    public static string TopicJson(string title, string text, SampleRef forum, SampleRef board, DateTimeOffset createdAt) =>
        Json(Post, createdAt, ("text", text), ("title", title), ("forum", new JsonObject { ["forum"] = Of(forum) }),
            ("board", new JsonObject { ["board"] = Of(board) }));

    /// <summary>A reply.</summary>
    public static string ReplyJson(
        string text, SampleRef forum, SampleRef board, SampleRef root, SampleRef parent, DateTimeOffset createdAt) =>
        Json(Post, createdAt, ("text", text), ("forum", new JsonObject { ["forum"] = Of(forum) }),
            ("board", new JsonObject { ["board"] = Of(board) }), ("reply", new JsonObject { ["root"] = Of(root), ["parent"] = Of(parent) }));

    /// <summary>A moment as records write it.</summary>
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    static string ModActionJson(
        string action, JsonObject subject, string reason, string createdBy, DateTimeOffset createdAt, DateTimeOffset? expiresAt) =>
        Json(ModAction, createdAt, ("action", action), ("subject", subject), ("reason", reason), ("createdBy", createdBy),
            ("expiresAt", expiresAt is { } end ? Text(end) : null));

    static JsonObject Of(SampleRef target) => new() { ["uri"] = target.Uri, ["cid"] = target.Cid };

    static string Json(string type, DateTimeOffset createdAt, params (string Name, JsonNode? Value)[] fields)
    {
        var record = new JsonObject { ["$type"] = type };
        foreach (var (name, value) in fields)
            if (value is not null)
                record[name] = value;
        record["createdAt"] = Text(createdAt);
        return record.ToJsonString(Relaxed);
    }
}
