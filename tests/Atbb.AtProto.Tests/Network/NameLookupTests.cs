using System.Net;
using System.Net.Sockets;
using Atbb.AtProto.Network;

namespace Atbb.AtProto.Tests.Network;

public class NameLookupTests
{
    static CancellationToken Ends => TestContext.Current.CancellationToken;

    /// <summary>Names whose servers keep silent: the threads that all the rest of the process works with are not theirs.</summary>
    [Fact]
    public async Task Find_NamesThatNobodyAnswersFor_TakeNoThreadOfThePool()
    {
        using var silence = new ManualResetEventSlim();
        var ofThePool = 0;
        IPAddress[] Resolve(string host)
        {
            if (Thread.CurrentThread.IsThreadPoolThread)
                Interlocked.Increment(ref ofThePool);
            silence.Wait(Ends);
            return [IPAddress.Loopback];
        }

        Task<IPAddress[]>[] lookups = [.. Enumerable.Range(0, 100).Select(i => NameLookup.FindAsync($"x{i}.example", Resolve, Ends))];
        Assert.Equal([IPAddress.Parse("192.0.2.1")], await NameLookup.FindAsync("quick.example", _ => [IPAddress.Parse("192.0.2.1")], Ends));
        Assert.DoesNotContain(lookups, lookup => lookup.IsCompleted);
        silence.Set();

        Assert.All(await Task.WhenAll(lookups), addresses => Assert.Equal([IPAddress.Loopback], addresses));
        Assert.Equal(0, ofThePool);
    }

    [Fact]
    public async Task Find_GivenUp_DoesNotWaitForTheResolver()
    {
        using var silence = new ManualResetEventSlim();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ends);
        var lookup = NameLookup.FindAsync(
            "silent.example",
            _ =>
            {
                silence.Wait(Ends);
                return [];
            },
            enough.Token);

        await enough.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lookup);
        silence.Set();
    }

    [Fact]
    public async Task Find_TheSameNameByMany_IsLookedUpOnce()
    {
        using var silence = new ManualResetEventSlim();
        var asked = 0;
        IPAddress[] Resolve(string host)
        {
            Interlocked.Increment(ref asked);
            silence.Wait(Ends);
            return [IPAddress.Loopback];
        }

        Task<IPAddress[]>[] lookups = [.. Enumerable.Range(0, 20).Select(_ => NameLookup.FindAsync("same.example", Resolve, Ends))];
        silence.Set();
        await Task.WhenAll(lookups);

        Assert.Equal(1, asked);
        // An answer is not kept: a name may lead elsewhere at any time.
        await NameLookup.FindAsync("same.example", Resolve, Ends);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Find_NoSuchName_IsTheResolversError()
    {
        var e = await Assert.ThrowsAsync<SocketException>(() => NameLookup.FindAsync("no.example", _ => throw new SocketException((int)SocketError.HostNotFound), Ends));

        Assert.Equal(SocketError.HostNotFound, e.SocketErrorCode);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Find_AnAddress_IsItself(string address) =>
        Assert.Equal([IPAddress.Parse(address)], await NameLookup.FindAsync(address, Ends));

    [Fact]
    public async Task Find_TheLocalName_IsLoopback() =>
        Assert.All(await NameLookup.FindAsync("localhost", Ends), address => Assert.True(IPAddress.IsLoopback(address)));
}
