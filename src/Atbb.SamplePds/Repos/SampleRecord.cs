namespace Atbb.Sample;

/// <summary>One record as it stands in a repository. Immutable; its answer to <c>listRecords</c> is written once, when it is put.</summary>
public sealed class SampleRecord
{
    readonly byte[] item;
    readonly int jsonStart;

    internal SampleRecord(string uri, string rkey, string cid, ReadOnlySpan<byte> json)
    {
        Uri = uri;
        Rkey = rkey;
        Cid = cid;
        var head = System.Text.Encoding.UTF8.GetBytes(
            $"{{\"uri\":\"{System.Text.Json.JsonEncodedText.Encode(uri)}\",\"cid\":\"{cid}\",\"value\":");
        item = [.. head, .. json, (byte)'}'];
        jsonStart = head.Length;
    }

    /// <summary>A record with the CID of its JSON.</summary>
    internal static SampleRecord Of(string did, string collection, string rkey, byte[] json) =>
        new($"at://{did}/{collection}/{rkey}", rkey, DagCbor.CidOf(json), json);

    /// <summary><c>at://did/collection/rkey</c></summary>
    public string Uri { get; }

    /// <summary>The key within the collection.</summary>
    public string Rkey { get; }

    /// <summary>The CID of <see cref="Json"/>.</summary>
    public string Cid { get; }

    /// <summary>The record, UTF-8, as it was put.</summary>
    public ReadOnlyMemory<byte> Json => item.AsMemory(jsonStart..^1);

    /// <summary>What a record says to point at this one: its address and its content.</summary>
    public SampleRef Ref => new(Uri, Cid);

    /// <summary><c>{"uri":…,"cid":…,"value":…}</c></summary>
    internal ReadOnlyMemory<byte> Item => item;
}
