using System.Text;
using Atbb.AtProto.Repo;
using Atbb.AtProto.Syntax;
using BenchmarkDotNet.Attributes;

namespace Atbb.Benchmarks;

/// <summary>Bytes of a <c>listRecords</c> answer to records.</summary>
public class DecodePage
{
    readonly Nsid collection = Nsid.Parse(SamplePage.Post);
    SamplePage page = null!;

    /// <summary>Posts on the page.</summary>
    [Params(20, 100)]
    public int Posts { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        page = new SamplePage(Posts);
        var (records, cursor) = PageDecoder.Decode(page.Body, page.Did, collection);
        var (plain, plainCursor) = ObjectTree.Decode(page.Body);
        Agreement.Require(records.Select(record => (record.Uri, record.Rkey, record.Cid, Encoding.UTF8.GetString(record.Json.Span))), plain, Posts);
        Agreement.Require([cursor], [plainCursor], 1);
    }

    [Benchmark]
    public int Decode() => PageDecoder.Decode(page.Body, page.Did, collection).Records.Count;

    /// <summary>By a tree of the page, with each record's JSON copied out of it.</summary>
    [Benchmark(Baseline = true)]
    public int DecodeAsTree() => ObjectTree.Decode(page.Body).Records.Count;
}
