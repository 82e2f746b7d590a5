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
    public void Setup() => page = new SamplePage(Posts);

    [Benchmark]
    public int Decode() => PageDecoder.Decode(page.Body, page.Did, collection).Records.Count;
}
