using System.Text.Json;
using Atbb.AtProto.Syntax;
using Atbb.AtProto.Xrpc;

namespace Atbb.AtProto.Repo;

/// <summary>
/// Reads a page of <c>com.atproto.repo.listRecords</c> in one pass over its bytes. A record's JSON is not parsed but cut out, so nothing
/// in it (depth, broken surrogates, bytes that are no UTF-8) can spoil the page; an item that cannot be used costs itself alone.
/// </summary>
static class PageDecoder
{
    // A page has at most 100. One that ignores the limit is welcome, one of millions of empty items would cost many times its own size.
    const int MaxItems = 10_000;

    // Grown from nothing, a list would be copied five times for so many. A full page makes it grow twice more, an empty one takes nothing.
    const int FirstItems = 32;

    // A cursor is kept in a row and sent back in a URL; PDSes use a record key, of 512 characters at most.
    const int MaxCursorLength = 1_024;

    // A CID of the AT Protocol has 59; what is longer is not worth an error row's space.
    const int MaxCidLength = 256;

    /// <summary>Reads a page's records, whose JSON are slices of <paramref name="body"/>, and its cursor (null when absent or empty).</summary>
    /// <exception cref="JsonException">The body is not a page.</exception>
    public static (List<ListedRecord> Records, string? Cursor) Decode(ReadOnlyMemory<byte> body, Did did, Nsid collection)
    {
        var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        if (reader.TokenType is not JsonTokenType.StartObject)
            throw new JsonException("the answer is not an object");

        List<ListedRecord>? records = null;
        string? cursor = null;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (IsNamed(ref reader, "records"u8))
            {
                reader.Read();
                // Which of the two is the whole page, nobody knows.
                if (records is not null)
                    throw new JsonException("there are two lists of records");
                records = ReadRecords(ref reader, body, $"at://{did.Value}/{collection.Value}/");
            }
            else if (IsNamed(ref reader, "cursor"u8))
            {
                reader.Read();
                cursor = ReadCursor(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        // Only white space may follow: otherwise this throws.
        reader.Read();
        return (records ?? throw new JsonException("there is no list of records"), cursor);
    }

    static List<ListedRecord> ReadRecords(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body, string prefix)
    {
        if (reader.TokenType is not JsonTokenType.StartArray)
            throw new JsonException("records is not a list");

        List<ListedRecord> records = [];
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            if (records.Count == MaxItems)
                throw new JsonException($"there are more than {MaxItems} records");
            if (records.Count == 0)
                records.EnsureCapacity(FirstItems);
            records.Add(ReadRecord(ref reader, body, prefix));
        }

        return records;
    }

    static ListedRecord ReadRecord(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body, string prefix)
    {
        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            reader.Skip();
            return new ListedRecord("", "", "", default, "The item is not an object.");
        }

        string? uri = null, cid = null;
        var json = ReadOnlyMemory<byte>.Empty;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (IsNamed(ref reader, "uri"u8))
            {
                reader.Read();
                uri = ReadText(ref reader);
            }
            else if (IsNamed(ref reader, "cid"u8))
            {
                reader.Read();
                cid = ReadText(ref reader);
            }
            else if (IsNamed(ref reader, "value"u8))
            {
                reader.Read();
                json = ReadObject(ref reader, body);
            }
            else
            {
                reader.Skip();
            }
        }

        var rkey = ReadRkey(uri, prefix, out var fault);
        if (fault is null && !Cid.TryParse(cid, out _))
            fault = cid is null ? "The item has no CID." : "The item's CID is not a valid one.";
        if (fault is null && json.IsEmpty)
            fault = "The item has no value, or one that is not an object.";
        return new ListedRecord(uri ?? "", rkey, cid is { Length: <= MaxCidLength } ? cid : "", json, fault);
    }

    /// <summary>The record key, wherever there is one: also that of an item which is not to be used.</summary>
    static string ReadRkey(string? uri, string prefix, out string? fault)
    {
        fault = null;
        if (uri is null)
        {
            fault = "The item has no URI.";
            return "";
        }

        // The usual case, without reading the DID and the collection of every item again.
        if (uri.StartsWith(prefix, StringComparison.Ordinal))
        {
            if (RecordKey.IsValid(uri.AsSpan(prefix.Length)))
                return uri[prefix.Length..];

            fault = "The item's URI ends in something that is not a record key.";
            return "";
        }

        if (AtUri.TryParse(uri, out _))
        {
            // Whose key that is, nobody knows: were it taken for one of ours, the record that stood under it would count as gone.
            fault = "The item's URI is of another repository or collection.";
            return "";
        }

        fault = "The item's URI is not the AT-URI of a record.";
        return "";
    }

    static string? ReadCursor(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.Null)
            return null;
        if (reader.TokenType is not JsonTokenType.String)
            throw new JsonException("the cursor is not a text");

        var cursor = ReadText(ref reader) ?? throw new JsonException("the cursor is not valid Unicode");
        if (cursor.Length > MaxCursorLength)
            throw new JsonException($"the cursor has {cursor.Length} characters");
        if (!ForeignText.IsPlain(cursor))
            throw new JsonException("the cursor has control characters in it");
        return cursor.Length == 0 ? null : cursor;
    }

    static ReadOnlyMemory<byte> ReadObject(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body)
    {
        var isObject = reader.TokenType is JsonTokenType.StartObject;
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return isObject ? body[start..(int)reader.BytesConsumed] : default;
    }

    static string? ReadText(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not JsonTokenType.String)
        {
            reader.Skip();
            return null;
        }

        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            // Bytes that are no UTF-8, or half a surrogate pair: the reader finds out here and not before.
            return null;
        }
    }

    // Names written with escapes are compared by the slow way, which refuses half a surrogate pair; such a name is none of ours.
    static bool IsNamed(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        if (!reader.ValueIsEscaped)
            return reader.ValueSpan.SequenceEqual(name);

        try
        {
            return reader.ValueTextEquals(name);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
