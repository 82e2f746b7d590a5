using System.Data.Common;
using System.Net.Sockets;
using Atbb.AppView.Search;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Atbb.AppView.Tests;

public sealed class SearchUpkeepTests
{
    static CancellationToken Ends => TestContext.Current.CancellationToken;

    public static TheoryData<Exception> Outages => [new SocketException(11001), new TimeoutException(), new IOException(), new TaskCanceledException()];

    /// <summary>A site whose background service fails ends as a whole.</summary>
    [Theory]
    [MemberData(nameof(Outages), DisableDiscoveryEnumeration = true)]
    public async Task Rounds_TheDatabaseIsAway_GoOn(Exception outage)
    {
        var time = new FakeTimeProvider();
        var search = new AwayOnce(outage);
        using var upkeep = new SearchUpkeep(search, time, NullLogger<SearchUpkeep>.Instance);
        await upkeep.StartAsync(Ends);

        while (!search.Answered.IsCompleted)
        {
            Assert.False(upkeep.ExecuteTask!.IsCompleted);
            time.Advance(TimeSpan.FromSeconds(15));
            await Task.Delay(1, Ends);
        }

        await upkeep.StopAsync(Ends);
    }

    sealed class AwayOnce(Exception outage) : ISearchIndex
    {
        readonly TaskCompletionSource answered = new();
        int asked;

        public Task Answered => answered.Task;

        public string Matches => throw new NotSupportedException();

        public string? Prepare(string typed) => throw new NotSupportedException();

        public ValueTask<DbConnection> OpenAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task CreateAsync(CancellationToken cancellationToken) => asked++ == 0 ? Task.FromException(outage) : Task.CompletedTask;

        public Task<long> LastAsync(CancellationToken cancellationToken)
        {
            answered.TrySetResult();
            return Task.FromResult(0L);
        }

        public Task<int> TakeInAsync(long above, long upTo, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
