using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Atbb.Sample;

/// <summary>
/// A record's JSON as canonical DAG-CBOR, and the CID that follows from it: the one a PDS would give the record.
/// Source: https://atproto.com/specs/data-model and https://ipld.io/specs/codecs/dag-cbor/spec/
/// </summary>
public static partial class DagCbor
{
    // A record may nest deeper than the reader's default of 64; a PDS takes 200 levels and more.
    static readonly JsonDocumentOptions DeepJson = new() { MaxDepth = 2_000 };

    enum Major : byte { Unsigned = 0, Negative = 1, Bytes = 2, Text = 3, Array = 4, Map = 5, Tag = 6 }

    const byte False = 0xf4;
    const byte True = 0xf5;
    const byte Null = 0xf6;
    const byte Float64 = 0xfb;
    const int LinkTag = 42;

    /// <summary>The CID of a record: version 1, DAG-CBOR, SHA-256, in base32.</summary>
    public static string CidOf(ReadOnlySpan<byte> json)
    {
        Span<byte> cid = stackalloc byte[4 + SHA256.HashSizeInBytes];
        cid[0] = 0x01; // CID version
        cid[1] = 0x71; // dag-cbor
        cid[2] = 0x12; // sha2-256
        cid[3] = SHA256.HashSizeInBytes;
        SHA256.HashData(Encode(json), cid[4..]);
        return "b" + Base32.Encode(cid);
    }

    /// <summary>The canonical encoding of a JSON value. Numbers that are no 64-bit integers become 64-bit floats.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> json)
    {
        var output = new ArrayBufferWriter<byte>(json.Length);
        using var document = JsonDocument.Parse(WithoutLoneSurrogates(json), DeepJson);
        Write(output, document.RootElement);
        return output.WrittenSpan.ToArray();
    }

    static void Write(ArrayBufferWriter<byte> output, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(output, value);
                break;
            case JsonValueKind.Array:
                WriteHead(output, Major.Array, (ulong)value.GetArrayLength());
                foreach (var item in value.EnumerateArray())
                    Write(output, item);
                break;
            case JsonValueKind.String:
                WriteText(output, value.GetString()!);
                break;
            case JsonValueKind.Number:
                WriteNumber(output, value);
                break;
            case JsonValueKind.True:
                output.Write([True]);
                break;
            case JsonValueKind.False:
                output.Write([False]);
                break;
            default:
                output.Write([Null]);
                break;
        }
    }

    static void WriteObject(ArrayBufferWriter<byte> output, JsonElement value)
    {
        // Sorted by length, then by bytes; of a name given twice the last one counts, as for every JSON reader of the protocol.
        var members = new SortedDictionary<byte[], JsonElement>(CanonicalOrder);
        foreach (var member in value.EnumerateObject())
            members[Encoding.UTF8.GetBytes(member.Name)] = member.Value;

        if (members.Count == 1)
        {
            var (name, only) = members.First();
            if (only.ValueKind == JsonValueKind.String && name.AsSpan().SequenceEqual("$link"u8))
            {
                WriteLink(output, only.GetString()!);
                return;
            }

            if (only.ValueKind == JsonValueKind.String && name.AsSpan().SequenceEqual("$bytes"u8))
            {
                WriteBytes(output, Convert.FromBase64String(Padded(only.GetString()!)));
                return;
            }
        }

        WriteHead(output, Major.Map, (ulong)members.Count);
        foreach (var (name, member) in members)
        {
            WriteHead(output, Major.Text, (ulong)name.Length);
            output.Write(name);
            Write(output, member);
        }
    }

    static void WriteNumber(ArrayBufferWriter<byte> output, JsonElement value)
    {
        if (value.TryGetInt64(out var integer))
        {
            if (integer >= 0)
                WriteHead(output, Major.Unsigned, (ulong)integer);
            else
                WriteHead(output, Major.Negative, (ulong)(-1 - integer));
            return;
        }

        var span = output.GetSpan(9);
        span[0] = Float64;
        BinaryPrimitives.WriteDoubleBigEndian(span[1..], value.GetDouble());
        output.Advance(9);
    }

    static void WriteText(ArrayBufferWriter<byte> output, string text)
    {
        WriteHead(output, Major.Text, (ulong)Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, output);
    }

    static void WriteBytes(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        WriteHead(output, Major.Bytes, (ulong)bytes.Length);
        output.Write(bytes);
    }

    static void WriteLink(ArrayBufferWriter<byte> output, string cid)
    {
        // The leading zero is the multibase prefix for "binary"; the text's own prefix is the b.
        WriteHead(output, Major.Tag, LinkTag);
        WriteBytes(output, [0, .. Base32.Decode(cid.AsSpan(1))]);
    }

    static void WriteHead(ArrayBufferWriter<byte> output, Major major, ulong argument)
    {
        var span = output.GetSpan(9);
        var type = (byte)((byte)major << 5);
        switch (argument)
        {
            case < 24:
                span[0] = (byte)(type | (byte)argument);
                output.Advance(1);
                break;
            case <= byte.MaxValue:
                span[0] = (byte)(type | 24);
                span[1] = (byte)argument;
                output.Advance(2);
                break;
            case <= ushort.MaxValue:
                span[0] = (byte)(type | 25);
                BinaryPrimitives.WriteUInt16BigEndian(span[1..], (ushort)argument);
                output.Advance(3);
                break;
            case <= uint.MaxValue:
                span[0] = (byte)(type | 26);
                BinaryPrimitives.WriteUInt32BigEndian(span[1..], (uint)argument);
                output.Advance(5);
                break;
            default:
                span[0] = (byte)(type | 27);
                BinaryPrimitives.WriteUInt64BigEndian(span[1..], argument);
                output.Advance(9);
                break;
        }
    }

    static readonly Comparer<byte[]> CanonicalOrder = Comparer<byte[]>.Create(static (a, b) =>
        a.Length != b.Length ? a.Length.CompareTo(b.Length) : a.AsSpan().SequenceCompareTo(b));

    static string Padded(string base64) => base64.PadRight((base64.Length + 3) / 4 * 4, '=');

    // CBOR text is UTF-8 and cannot hold half a surrogate pair; a PDS stores U+FFFD for it.
    static byte[] WithoutLoneSurrogates(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf(@"\ud"u8) < 0 && json.IndexOf(@"\uD"u8) < 0)
            return json.ToArray();

        var text = Encoding.UTF8.GetString(json);
        return Encoding.UTF8.GetBytes(LoneSurrogate.Replace(text, @"\ufffd"));
    }

    [GeneratedRegex(@"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}")]
    private static partial Regex LoneSurrogate { get; }
}
