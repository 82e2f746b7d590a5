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

    public SamplePage(int posts, int member = 0)
    {
        var user = SampleForum.GenerateLazily(new SampleForumOptions { Users = 50, PostsPerUser = posts }, long.MaxValue).Users[member];
        Did = Did.Parse(user.Did);
        var items = user.Records(Post).Select(post => $$"""{"uri":"{{post.Uri}}","cid":"{{post.Cid}}","value":{{Encoding.UTF8.GetString(post.Json.Span)}}}""");
        Body = Encoding.UTF8.GetBytes($$"""{"records":[{{string.Join(',', items)}}],"cursor":"{{user.Records(Post)[^1].Rkey}}"}""");
    }

    public Did Did { get; }

    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The page as the index is given it.</summary>
    public RecordBatch Batch() => new()
    {
        Repo = new RepoState { Did = Did.Value, Status = RepoStatus.Active },
        Collection = Post,
        Records = [.. PageDecoder.Decode(Body, Did, Nsid.Parse(Post)).Records.Select(record => new SourceRecord(record.Uri, record.Rkey, record.Cid, record.Json, record.Fault))],
        Range = new KeyRange(null, false, null, false),
    };
}
