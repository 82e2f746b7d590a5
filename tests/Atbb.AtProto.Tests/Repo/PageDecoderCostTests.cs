using System.Text;
using Atbb.AtProto.Repo;
using Atbb.AtProto.Syntax;
using Atbb.Sample;
using Atbb.Testing;

namespace Atbb.AtProto.Tests.Repo;

/// <summary>What decoding costs, in bytes: this fails when somebody makes a tree of objects for each record.</summary>
public sealed class PageDecoderCostTests
{
    // Measured, and a fifth on top: the texts of URI, key and CID, and the record's place in the list. A tree of the record's JSON would be
    // several kB more.
    const long MostBytesForARecord = 565;

    [Fact]
    public void Decode_PageOfPosts_AllocatesLittleForARecord()
    {
        var user = SampleForum.GenerateLazily(new SampleForumOptions { Users = 2, PostsPerUser = 100 }, long.MaxValue).Users[0];
        var items = user.Records(ForumRecords.Post).Select(post => $$"""{"uri":"{{post.Uri}}","cid":"{{post.Cid}}","value":{{Encoding.UTF8.GetString(post.Json.Span)}}}""");
        var body = Encoding.UTF8.GetBytes($$"""{"records":[{{string.Join(',', items)}}]}""");
        var (did, collection) = (Did.Parse(user.Did), Nsid.Parse(ForumRecords.Post));

        var bytes = Allocations.Least(() => Assert.Equal(100, PageDecoder.Decode(body, did, collection).Records.Count));

        Assert.InRange(bytes / 100, 1, MostBytesForARecord);
    }
}
