using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Atbb.AtProto.Syntax;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Databases;

namespace Atbb.Indexing.Collections;

/// <summary>Reads a record's JSON into columns in one pass forward, as its collection says.</summary>
ref struct RecordReader
{
    // PostgreSQL's parser recurses; this is far below what it bears and far above what anyone writes.
    const int MaxDepth = 256;

    // A B-tree entry holds at most 2,704 bytes, and the URIs of waiting references stand in one.
    const int MaxIndexedBytes = 2_560;

    const int MaxCidLength = 256;

    const int UsualAddress = 256;

    // Of ASCII what can be seen. A set made beforehand: compiled ahead, the same question by its bounds boxes both of them for every record.
    static readonly SearchValues<char> Visible = SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(static code => (char)code)]);

    readonly RecordCollection collection;
    readonly NamedRecords named;
    readonly object?[] values;
    readonly AtUri?[] targets;
    RecordFault? fault;
    DateTime? createdAt;

    RecordReader(RecordCollection collection, NamedRecords named)
    {
        this.collection = collection;
        this.named = named;
        values = new object?[collection.Fields.Count];
        targets = new AtUri?[collection.References.Count];
    }

    /// <summary>Reads a record, or says why it cannot be indexed.</summary>
    public static bool TryRead(
        RecordCollection collection,
        string did,
        SourceRecord source,
        NamedRecords named,
        int maxBytes,
        [NotNullWhen(true)] out RecordRow? row,
        [NotNullWhen(false)] out RecordFault? fault)
    {
        row = null;
        fault = Refuse(source, maxBytes);
        if (fault is not null)
            return false;

        var json = StorableText.Of(source.Json);
        var reader = new RecordReader(collection, named);
        try
        {
            reader.Read(json.Span);
        }
        catch (JsonException e)
        {
            fault = IsTooDeep(json.Span)
                ? new RecordFault(FailureKinds.TooDeep, $"The record is nested deeper than {MaxDepth} levels.")
                : new RecordFault(FailureKinds.BadRecord, "The record is not JSON: " + StorableText.Of(e.Message));
            return false;
        }

        fault = reader.fault ?? reader.Complete(did);
        if (fault is not null)
            return false;

        row = new RecordRow(
            AddressOf(source, did, collection.Nsid), source.Rkey, source.Cid, json,
            reader.createdAt ?? TimeOf(source.Rkey), reader.values, reader.targets);
        return true;
    }

    // Mostly what the source says, which need not be made a second time for every record.
    static string AddressOf(in SourceRecord source, string did, string collection)
    {
        Span<char> address = stackalloc char[UsualAddress];
        if (!address.TryWrite($"at://{did}/{collection}/{source.Rkey}", out var length))
            return $"at://{did}/{collection}/{source.Rkey}";
        return source.Uri.AsSpan().SequenceEqual(address[..length]) ? source.Uri : address[..length].ToString();
    }

    static RecordFault? Refuse(SourceRecord source, int maxBytes)
    {
        if (source.Fault is not null)
            return new RecordFault(FailureKinds.BadRecord, source.Fault);
        if (!RecordKey.TryParse(source.Rkey, out _))
            return new RecordFault(FailureKinds.BadRecord, "The record has no usable key.");
        if (source.Cid is not { Length: > 0 and <= MaxCidLength } || source.Cid.AsSpan().ContainsAnyExcept(Visible))
            return new RecordFault(FailureKinds.BadRecord, "The record has no usable CID.");
        if (source.Json.Length > maxBytes)
            return new RecordFault(FailureKinds.TooLarge, string.Create(CultureInfo.InvariantCulture, $"The record has {source.Json.Length} bytes of JSON; {maxBytes} are taken."));
        return null;
    }

    void Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            fault = new RecordFault(FailureKinds.BadRecord, "The record is not a JSON object.");
            return;
        }

        ReadObject(ref reader, collection.Root);
        // Also what follows the object: half a record must not pass for one.
        while (fault is null && reader.Read())
        {
        }
    }

    void ReadObject(ref Utf8JsonReader reader, FieldNode node)
    {
        while (fault is null && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var child = node.Find(ref reader);
            if (child is null && node == collection.Root && reader.ValueTextEquals("$type"u8))
            {
                reader.Read();
                CheckType(ref reader);
            }
            else if (child is null)
            {
                reader.Skip();
            }
            else
            {
                reader.Read();
                // null is how some writers leave a field out.
                if (reader.TokenType != JsonTokenType.Null)
                    ReadField(ref reader, child);
            }
        }
    }

    void CheckType(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String || !reader.ValueTextEquals(collection.Nsid))
        {
            fault = RecordFault.WrongRecordType(reader.TokenType == JsonTokenType.String ? reader.GetString()! : RecordFault.Named(reader.TokenType), collection.Nsid);
        }
    }

    void ReadField(ref Utf8JsonReader reader, FieldNode node)
    {
        if (node.Field is not { } field)
        {
            ReadGroup(ref reader, node);
            return;
        }

        switch (field.Kind)
        {
            case FieldKind.Text when reader.TokenType == JsonTokenType.String:
                values[node.Index] = reader.GetString();
                break;
            case FieldKind.Integer when reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number):
                values[node.Index] = number;
                break;
            case FieldKind.Date when reader.TokenType == JsonTokenType.String:
                ReadDate(reader.GetString()!, node);
                break;
            case FieldKind.TextList when reader.TokenType == JsonTokenType.StartArray:
                ReadList(ref reader, node);
                break;
            case FieldKind.Reference when reader.TokenType == JsonTokenType.StartObject:
                ReadReference(ref reader, node);
                break;
            case FieldKind.Reference:
                fault = RecordFault.BadReference(field.Path, reader.TokenType);
                break;
            default:
                fault = RecordFault.WrongType(field, reader.TokenType);
                break;
        }
    }

    // An object around fields: {"board": {"board": {uri, cid}}}. One that is there but says nothing would leave the record in the
    // wrong place, so each reference that only makes sense with it must be inside.
    void ReadGroup(ref Utf8JsonReader reader, FieldNode node)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            fault = RecordFault.NotAnObject(node.Children[0].Field!.Path.Split('.')[0], reader.TokenType, node.HoldsReferences);
            return;
        }

        ReadObject(ref reader, node);
        if (fault is not null || !node.HoldsReferences)
            return;

        foreach (var child in node.Children)
            if (values[child.Index] is null)
                fault ??= new RecordFault(FailureKinds.BadReference, $"'{child.Field!.Path}' is missing.");
    }

    void ReadDate(string text, FieldNode node)
    {
        if (!RecordDate.TryParse(text, out var date))
            fault = RecordFault.BadDate(node.Field!.Path, text);
        else if (node.Field == collection.CreatedAt)
            createdAt = date;
        else
            values[node.Index] = date;
    }

    void ReadList(ref Utf8JsonReader reader, FieldNode node)
    {
        var items = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                fault = RecordFault.NotOnlyStrings(node.Field!.Path, reader.TokenType);
                return;
            }

            items.Add(reader.GetString()!);
        }

        values[node.Index] = JsonList.Of(items);
    }

    void ReadReference(ref Utf8JsonReader reader, FieldNode node)
    {
        var field = node.Field!;
        string? text = null;
        AtUri? uri = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals("uri"u8))
            {
                reader.Skip();
                continue;
            }

            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
                uri = named.Read(ref reader, out text);
            else
                reader.TrySkip();
        }

        if (uri is { } target)
            Refer(field, node.Index, target);
        else
            fault = RecordFault.BadReference(field.Path, text ?? "");
    }

    void Refer(RecordField field, int index, AtUri uri)
    {
        if (uri.Value.Length > MaxIndexedBytes)
        {
            fault = RecordFault.TooLong(field.Path, MaxIndexedBytes);
            return;
        }

        values[index] = uri.Value;
        for (var i = 0; i < collection.References.Count; i++)
            if (collection.References[i] == field)
                targets[i] = uri.Collection.Value == field.Target ? uri : null;
    }

    // What no field says, and what is missing.
    RecordFault? Complete(string did)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var field = collection.Fields[i];
            if (values[i] is null && field.ImpliedRkey is { } rkey)
                Refer(field, i, AtUri.Parse($"at://{did}/{field.Target}/{rkey}"));
            values[i] ??= field.Default;
            if (values[i] is null && field.IsRequired)
                return RecordFault.Missing(field.Path);
            // An indexed column.
            if (field.Column == "subject_did" && values[i] is string { Length: > MaxIndexedBytes })
                return RecordFault.TooLong(field.Path, MaxIndexedBytes);
        }

        if (createdAt is null && collection.CreatedAt.IsRequired)
            return RecordFault.Missing(collection.CreatedAt.Path);

        if (collection.OneOf.Count > 0 && !HasOneOf())
            return new RecordFault(FailureKinds.MissingField, $"One of {string.Join(" and ", collection.OneOf.Select(path => $"'{path}'"))} is needed.");

        return fault;
    }

    readonly bool HasOneOf()
    {
        for (var i = 0; i < values.Length; i++)
            if (values[i] is not null && collection.OneOf.Contains(collection.Fields[i].Path))
                return true;
        return false;
    }

    static DateTime? TimeOf(string rkey) => Tid.TryParse(rkey, out var tid) ? tid.Time.UtcDateTime : null;

    static bool IsTooDeep(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
            while (reader.Read())
                if (reader.CurrentDepth >= MaxDepth)
                    return true;
        }
        catch (JsonException)
        {
            // Broken before it is deep.
        }

        return false;
    }
}
