using System.Text;
using Atbb.AtProto.Repo;
using Atbb.AtProto.Syntax;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Repos;
using Atbb.Sample;

namespace Atbb.Benchmarks;

/// <summary>A page as a PDS sends it: posts of about 1.2 kB with their addresses, four in five of them replies.</summary>
sealed class SamplePage
{
    public const string Post = "space.atbb.post";

    readonly string collection;

    public SamplePage(int posts)
        : this(Forum(posts).Users[0], Post)
    {
    }

    public SamplePage(SampleRepo repo, string collection)
    {
        this.collection = collection;
        Did = Did.Parse(repo.Did);
        var records = repo.Records(collection);
        var items = records.Select(record => $$"""{"uri":"{{record.Uri}}","cid":"{{record.Cid}}","value":{{Encoding.UTF8.GetString(record.Json.Span)}}}""");
        Body = Encoding.UTF8.GetBytes($$"""{"records":[{{string.Join(',', items)}}],"cursor":"{{records[^1].Rkey}}"}""");
    }

    public Did Did { get; }

    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The forum whose members write the pages, and each other's replies.</summary>
    public static SampleForum Forum(int posts) => SampleForum.GenerateLazily(new SampleForumOptions { Users = 50, PostsPerUser = posts }, long.MaxValue);

    /// <summary>The page as the index is given it.</summary>
    public RecordBatch Batch() => new()
    {
        Repo = new RepoState { Did = Did.Value, Status = RepoStatus.Active },
        Collection = collection,
        Records = [.. PageDecoder.Decode(Body, Did, Nsid.Parse(collection)).Records.Select(record => new SourceRecord(record.Uri, record.Rkey, record.Cid, record.Json, record.Fault))],
        Range = new KeyRange(null, false, null, false),
    };
}
