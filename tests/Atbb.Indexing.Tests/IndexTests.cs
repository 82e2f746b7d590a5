using Atbb.Indexing.Batches;
using Atbb.Indexing.Databases;
using Atbb.Indexing.Repos;
using Atbb.Testing.Databases;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Atbb.Indexing.Tests;

/// <summary>Tests that need a database: one of the test's own, of either kind.</summary>
public abstract class IndexTests : IAsyncDisposable
{
    readonly List<IAsyncDisposable> opened = [];

    protected const string Alice = "did:plc:alice";
    protected const string Bob = "did:plc:bob";
    protected const string Forum = "did:plc:forum";

    protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<DatabaseKind> Kinds => [.. TestDatabase.Kinds];

    protected async Task<TestDatabase> OpenAsync(DatabaseKind kind)
    {
        Assert.SkipWhen(kind == DatabaseKind.PostgreSql && PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
        var database = await TestDatabase.CreateAsync(kind);
        opened.Add(database);
        return database;
    }

    protected IndexStore Store(TestDatabase database, Action<IndexingOptions>? configure = null)
    {
        var options = new IndexingOptions();
        configure?.Invoke(options);
        var store = new IndexStore(database.Index, options, Time, NullLogger<IndexStore>.Instance);
        opened.Add(store);
        return store;
    }

    protected RepoStore Repos(TestDatabase database) => new(database.Index, Time);

    public async ValueTask DisposeAsync()
    {
        opened.Reverse();
        foreach (var item in opened)
            await item.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
