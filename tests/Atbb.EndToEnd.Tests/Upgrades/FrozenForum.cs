using System.Text.Json;
using Atbb.AtProto.Syntax;
using Atbb.Sample;

namespace Atbb.EndToEnd.Tests.Upgrades;

/// <summary>A forum as it was once, record by record and rev by rev: whatever becomes of how sample forums are generated.</summary>
/// <param name="Pds">Where it was hosted; stored states name it.</param>
/// <param name="Repos">The forum's repository first, then its members'.</param>
sealed record FrozenForum(string Pds, IReadOnlyList<FrozenForum.Repo> Repos)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    internal sealed record Repo(string Did, string Handle, string Rev, IReadOnlyList<Record> Records);

    internal sealed record Record(string Collection, string Rkey, JsonElement Value);

    public static string Write(SampleForum forum, Uri pds) => JsonSerializer.Serialize(
        new FrozenForum(pds.GetLeftPart(UriPartial.Authority), [.. forum.Repos.Select(repo => new Repo(
            repo.Did, repo.Handle, repo.Rev.Value,
            [.. repo.Collections.SelectMany(collection => repo.Records(collection)
                .Select(record => new Record(collection, record.Rkey, JsonSerializer.Deserialize<JsonElement>(record.Json.Span))))]))]),
        Json);

    public static FrozenForum Read(string json) => JsonSerializer.Deserialize<FrozenForum>(json, Json) ?? throw new JsonException("null is no forum.");

    /// <summary>The same repositories, with the same CIDs and revs.</summary>
    public SampleForum Thaw()
    {
        var repos = Repos.Select(Thaw).ToList();
        return new SampleForum(repos[0], [.. repos.Skip(1)]);
    }

    static SampleRepo Thaw(Repo frozen)
    {
        // Each write moves the rev by a microsecond from there, and the last one to where it was.
        var first = Tid.Parse(frozen.Rev).Time.AddMicroseconds(1 - frozen.Records.Count);
        var repo = new SampleRepo(frozen.Did, frozen.Handle, new StandingClock(first));
        foreach (var record in frozen.Records)
            repo.Put(record.Collection, record.Rkey, record.Value.GetRawText());
        return repo.Rev.Value == frozen.Rev ? repo : throw new InvalidOperationException($"{frozen.Did} came back with rev {repo.Rev.Value} instead of {frozen.Rev}.");
    }

    sealed class StandingClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
