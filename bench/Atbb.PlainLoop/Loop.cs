using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Atbb.AtProto.Identity;
using Atbb.AtProto.Repo;
using Atbb.AtProto.Syntax;
using Atbb.Indexing;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Databases;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Atbb.PlainLoop;

/// <summary>
/// Repositories read one page after the other, 224 at a time as the service asks a host, and written by two lanes. It has no state and no cursor, asks the database
/// nothing, knows no politeness and no second try, counts nothing for an operator, and ends with the first fault: what is left is what cannot be left out.
/// </summary>
sealed class Loop(HttpClient http, Uri plc, ChannelWriter<Page> pages)
{
    const int RepositoriesAtOnce = 224;
    const int Lanes = 2;

    static readonly int MaxRecordBytes = new IndexingOptions().RecordBytes;

    long records;

    /// <summary>Fills an empty index.</summary>
    /// <returns>A line of JSON in the words of <c>atbb backfill --json</c>.</returns>
    public static async Task<string> RunAsync(string database, Uri plc, string forum, IEnumerable<string> users, CancellationToken cancellationToken)
    {
        var target = DatabaseTarget.Parse(database);
        await using (var index = IndexDatabase.Create(target, NullLoggerFactory.Instance))
            await index.MigrateAsync(cancellationToken);

        var began = Stopwatch.GetTimestamp();
        await using var source = NpgsqlDataSource.Create(target.ConnectionString);
        using var http = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All, UseCookies = false, UseProxy = false });
        var pages = Channel.CreateUnbounded<Page>();
        var memory = new RowMemory();
        var lanes = Enumerable.Range(0, Lanes).Select(_ => Task.Run(() => new Lane(source, memory, pages.Reader).RunAsync(), CancellationToken.None)).ToList();
        var loop = new Loop(http, plc, pages.Writer);
        var reading = loop.ReadAllAsync(forum, [.. users.Where(static did => did.Length > 0)], cancellationToken);
        // A lane that throws would be waited for by all readers.
        var first = await Task.WhenAny([reading, .. lanes]);
        if (first != reading)
            await first;

        var repos = await reading;
        pages.Writer.Complete();
        await Task.WhenAll(lanes);
        return JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["status"] = "completed",
            ["didsDone"] = repos,
            ["didsTotal"] = repos,
            ["recordsIndexed"] = loop.records,
            ["wallSeconds"] = Stopwatch.GetElapsedTime(began).TotalSeconds,
        });
    }

    async Task<int> ReadAllAsync(string forum, string[] users, CancellationToken cancellationToken)
    {
        await ReadAsync(forum, CollectionCatalog.ForumCollections, cancellationToken);
        await Parallel.ForEachAsync(
            users,
            new ParallelOptions { MaxDegreeOfParallelism = RepositoriesAtOnce, CancellationToken = cancellationToken },
            async (did, token) => await ReadAsync(did, CollectionCatalog.UserCollections, token));
        return users.Length + 1;
    }

    async Task ReadAsync(string account, IReadOnlyList<RecordCollection> collections, CancellationToken cancellationToken)
    {
        var did = Did.Parse(account);
        var document = DidDocumentReader.Read(await http.GetByteArrayAsync(new Uri(plc, $"/{account}"), cancellationToken), did, allowPrivate: true, TimeProvider.System.GetUtcNow());
        foreach (var collection in collections)
        {
            string? cursor = null;
            do
                cursor = await ReadPageAsync(document.Pds, did, collection, cursor, cancellationToken);
            while (cursor is not null);
        }
    }

    async Task<string?> ReadPageAsync(Uri pds, Did did, RecordCollection collection, string? cursor, CancellationToken cancellationToken)
    {
        var address = $"xrpc/com.atproto.repo.listRecords?repo={Uri.EscapeDataString(did.Value)}&collection={collection.Nsid}&limit=100&reverse=true{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}";
        var body = await http.GetByteArrayAsync(new Uri(pds, address), cancellationToken);
        var (listed, next) = PageDecoder.Decode(body, did, collection.Name);
        if (listed.Count == 0)
            return next;

        var named = new NamedRecords();
        var rows = listed.ConvertAll(record =>
            RecordReader.TryRead(collection, did.Value, new SourceRecord(record.Uri, record.Rkey, record.Cid, record.Json, record.Fault), named, MaxRecordBytes, out var row, out var fault)
                ? row
                : throw new InvalidDataException($"{record.Uri}: {fault.Message}"));
        var page = new Page(did.Value, collection, rows);
        Interlocked.Add(ref records, rows.Count);
        await pages.WriteAsync(page, cancellationToken);
        // The next page once this one is in the index, as it would have to be with a cursor.
        await page.Written.Task;
        return next;
    }
}
