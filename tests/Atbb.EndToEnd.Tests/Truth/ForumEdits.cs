using System.Text;
using System.Text.Json.Nodes;
using Atbb.Sample;

namespace Atbb.EndToEnd.Tests.Truth;

/// <summary>What people do to a forum while nobody listens: write, change and delete, in most repositories and at every place in them.</summary>
static class ForumEdits
{
    const double ShareOfUsers = 0.7;
    const double ShareOfRecords = 0.15;

    public static void Make(SampleForum forum, Random random)
    {
        // The longest repository is always one of them.
        foreach (var user in forum.Users.Where((_, number) => number == 0 || random.NextDouble() < ShareOfUsers))
            Edit(user, ForumRecords.Post, "text", random);
        Edit(forum.Forum, ForumRecords.Board, "name", random);
        Edit(forum.Forum, ForumRecords.ModAction, "reason", random);
        forum.Users[^1].Delete(ForumRecords.Membership, forum.Users[^1].Records(ForumRecords.Membership)[0].Rkey);
    }

    static void Edit(SampleRepo repo, string collection, string field, Random random)
    {
        var records = repo.Records(collection);
        foreach (var record in records)
        {
            var chance = random.NextDouble();
            if (chance < ShareOfRecords)
                repo.Put(collection, record.Rkey, Changed(record, field, $"changed {random.Next()}"));
            else if (chance < 2 * ShareOfRecords)
                repo.Delete(collection, record.Rkey);
        }

        for (var added = random.Next(1, 4); added > 0; added--)
            repo.Add(collection, Changed(records[random.Next(records.Length)], field, $"new {random.Next()}"));
    }

    static string Changed(SampleRecord record, string field, string text)
    {
        var json = JsonNode.Parse(Encoding.UTF8.GetString(record.Json.Span))!;
        json[field] = text;
        return json.ToJsonString();
    }
}
