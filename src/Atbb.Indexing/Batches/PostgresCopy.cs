using System.Buffers.Binary;
using System.Text;
using Atbb.Indexing.Collections;
using Npgsql;

namespace Atbb.Indexing.Batches;

/// <summary>
/// New rows in the server's own binary form, laid out in one buffer and sent by the hundred kilobytes: the driver's importer awaits each value of each row, and
/// wakes the server for every eight kilobytes of them. Source: https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4
/// </summary>
sealed class PostgresCopy
{
    // Above it the rows so far are sent. A row is written whole first, so that the buffer grows for one that is larger.
    const int SendAbove = 128 * 1024;
    const byte JsonbVersion = 1;

    static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    static readonly long Epoch = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    // The signature, no flags, no extension.
    static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xFF, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];

    byte[] buffer = new byte[SendAbove + (16 * 1024)];
    int length;

    /// <summary>Sends new rows of one collection.</summary>
    public async Task SendAsync(NpgsqlConnection connection, RecordCollection collection, IReadOnlyList<RowWrite> rows, DateTime now)
    {
        if (rows.Count == 0)
            return;

        var sql = PostgresRecordSql.Of(collection);
        // When this throws, nothing of the transaction stands; the server's refusal shows as the stream is closed.
        await using var stream = await connection.BeginRawBinaryCopyAsync(sql.Copy);
        length = 0;
        Header.CopyTo(Take(Header.Length));
        foreach (var row in rows)
        {
            BeginRow(sql.Columns);
            Row(collection, row, now);
            if (length > SendAbove)
                await FlushAsync(stream);
        }

        BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), -1);
        await FlushAsync(stream);
    }

    void Row(RecordCollection collection, RowWrite row, DateTime now)
    {
        Bigint(row.Id);
        Text(row.Did);
        Text(row.Row.Rkey);
        Text(row.Row.Cid);
        Jsonb(row.Row.Json.Span);
        Time(row.CreatedAt);
        Time(now);
        for (var i = 0; i < collection.Fields.Count; i++)
            Field(collection.Fields[i].Kind, row.Row.Values[i]);
        foreach (var target in row.TargetIds)
        {
            if (target is { } id)
                Bigint(id);
            else
                Null();
        }
    }

    void BeginRow(int values) => BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), (short)values);

    void Null() => BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), -1);

    void Bigint(long value)
    {
        BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(Take(sizeof(long)), value);
    }

    void Time(DateTime utc) => Bigint((utc.Ticks - Epoch) / TimeSpan.TicksPerMicrosecond);

    void Text(string value)
    {
        var most = Utf8.GetMaxByteCount(value.Length);
        Reserve(sizeof(int) + most);
        var count = Utf8.GetBytes(value, buffer.AsSpan(length + sizeof(int)));
        BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), count);
        length += count;
    }

    void Jsonb(ReadOnlySpan<byte> utf8)
    {
        BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), 1 + utf8.Length);
        Take(1)[0] = JsonbVersion;
        utf8.CopyTo(Take(utf8.Length));
    }

    void Field(FieldKind kind, object? value)
    {
        switch (kind, value)
        {
            case (_, null):
                Null();
                break;
            case (FieldKind.Integer, long number):
                Bigint(number);
                break;
            case (FieldKind.Date, DateTime date):
                Time(date);
                break;
            case (FieldKind.TextList, string list):
                Jsonb(Encoding.UTF8.GetBytes(list));
                break;
            default:
                Text((string)value);
                break;
        }
    }

    async ValueTask FlushAsync(NpgsqlRawCopyStream stream)
    {
        await stream.WriteAsync(buffer.AsMemory(0, length));
        length = 0;
    }

    Span<byte> Take(int count)
    {
        Reserve(count);
        var taken = buffer.AsSpan(length, count);
        length += count;
        return taken;
    }

    void Reserve(int count)
    {
        if (buffer.Length - length < count)
            Array.Resize(ref buffer, Math.Max(length + count, 2 * buffer.Length));
    }
}
