using Atbb.Grains.Interfaces;
using Atbb.Silo.Hosting;
using Orleans.Serialization;
using Orleans.Storage;

namespace Atbb.Silo.Tests.Hosting;

public sealed class TroubleTests
{
    public static TheoryData<Exception, bool> Errors => new()
    {
        { new IndexUnreachableException("away"), true },
        { new SiloUnavailableException(), true },
        { new InconsistentStateException("another activation"), true },
        { new TimeoutException(), true },
        { new EnumerationAbortedException("gone"), true },
        // What a grain's activation ends with that takes too long, and what another silo's driver said.
        { new TaskCanceledException(), true },
        { new CodecNotFoundException("Could not find a codec for type Npgsql.PostgresException."), true },
        { new CodecNotFoundException("Could not find a codec for type Atbb.Forgotten."), false },
        { new InvalidOperationException("a bug"), false },
        { new IOException("the caller's own connection"), false },
    };

    [Theory]
    [MemberData(nameof(Errors), DisableDiscoveryEnumeration = true)]
    public void MayPass_OfAnError_IsWhetherAskingAgainHelps(Exception error, bool mayPass) => Assert.Equal(mayPass, Trouble.MayPass(error, CancellationToken.None));

    [Fact]
    public void MayPass_OfTheCallersOwnCancellation_IsNot() => Assert.False(Trouble.MayPass(new TaskCanceledException(), new CancellationToken(canceled: true)));
}
