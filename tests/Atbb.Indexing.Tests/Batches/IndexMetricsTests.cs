using System.Diagnostics.Metrics;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Databases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static Atbb.Indexing.Tests.Batches.Records;

namespace Atbb.Indexing.Tests.Batches;

public sealed class IndexMetricsTests : IndexTests
{
    [Fact]
    public async Task WriteAsync_PageOfEveryOutcome_IsCountedOnceATransaction()
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var records = new MetricCollector<long>(meters, IndexingTelemetry.Name, "atbb.records");
        using var errors = new MetricCollector<long>(meters, IndexingTelemetry.Name, "atbb.errors");
        using var sizes = new MetricCollector<long>(meters, IndexingTelemetry.Name, "atbb.index.transaction.records");
        using var queue = new MetricCollector<long>(meters, IndexingTelemetry.Name, "atbb.index.queue");
        var database = await OpenAsync(DatabaseKind.Sqlite);
        await using var store = new IndexStore(database.Index, new IndexingOptions(), Time, NullLogger<IndexStore>.Instance, new IndexMetrics(meters));
        var first = await store.WriteAsync(Batch(Repo(Alice), Post, Topic(Alice, "a"), Topic(Alice, "b"), Topic(Alice, "c")), Token);

        await store.WriteAsync(
            Batch(first.Next(), Post, Topic(Alice, "a"), Topic(Alice, "b", "Edited", "bafyb2"), Topic(Alice, "d"), Raw(Alice, Post, "e", "{}")) with { Range = new KeyRange(null, false, "d", true) },
            Token);

        // Five a transaction, however many records.
        Assert.Equal(10, records.GetMeasurementSnapshot().Count);
        Assert.Equal(
            [("deleted", 1), ("failed", 1), ("indexed", 4), ("unchanged", 1), ("updated", 1)],
            records.GetMeasurementSnapshot().GroupBy(one => (string)one.Tags["outcome"]!).Select(of => (of.Key, of.Sum(one => one.Value))).Order());
        Assert.Equal((1L, FailureKinds.MissingField), (Assert.Single(errors.GetMeasurementSnapshot()) is var error ? error.Value : 0, error.Tags["kind"]));
        Assert.Equal([3, 3], sizes.GetMeasurementSnapshot().Select(one => one.Value));
        queue.RecordObservableInstruments();
        Assert.Equal(0, queue.LastMeasurement!.Value);
    }

    [Fact]
    public async Task BeginAtZero_BeforeAnythingIsWritten_SaysZeroOfEveryOutcomeAndKind()
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var records = new MetricCollector<long>(meters, IndexingTelemetry.Name, "atbb.records");
        using var errors = new MetricCollector<long>(meters, IndexingTelemetry.Name, "atbb.errors");

        new IndexMetrics(meters).BeginAtZero();

        Assert.Equal(
            [("deleted", 0L), ("failed", 0), ("indexed", 0), ("unchanged", 0), ("updated", 0)],
            records.GetMeasurementSnapshot().Select(one => ((string)one.Tags["outcome"]!, one.Value)).Order());
        Assert.Equal(FailureKinds.All.Select(kind => (kind, 0L)), errors.GetMeasurementSnapshot().Select(one => ((string)one.Tags["kind"]!, one.Value)));
    }
}
