using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Atbb.Client.Tests;

public sealed class AtbbClientOptionsTests
{
    const string Forum = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", null, "127.0.0.1:30000", "atbb", 60, "ForumDid")]
    [InlineData("forum.example.com", null, "127.0.0.1:30000", "atbb", 60, "ForumDid")]
    [InlineData("did:plc:", null, "127.0.0.1:30000", "atbb", 60, "ForumDid")]
    [InlineData("did:plc:a b", null, "127.0.0.1:30000", "atbb", 60, "ForumDid")]
    [InlineData(Forum, "mysql://h/d", "127.0.0.1:30000", "atbb", 60, "Database")]
    [InlineData(Forum, "postgresql://h", "127.0.0.1:30000", "atbb", 60, "Database")]
    [InlineData(Forum, "Host=h", "127.0.0.1:30000", "atbb", 60, "Database")]
    [InlineData(Forum, null, "localhost", "atbb", 60, "Gateway")]
    [InlineData(Forum, null, "127.0.0.1", "atbb", 60, "Gateway")]
    [InlineData(Forum, null, "127.0.0.1:0", "atbb", 60, "Gateway")]
    [InlineData(Forum, null, "silo-1:0", "atbb", 60, "Gateway")]
    [InlineData(Forum, null, "silo-1:65536", "atbb", 60, "Gateway")]
    [InlineData(Forum, null, "silo 1:30000", "atbb", 60, "Gateway")]
    [InlineData(Forum, null, "http://silo-1:30000", "atbb", 60, "Gateway")]
    [InlineData(Forum, null, "127.0.0.1:30000", " ", 60, "ClusterId")]
    [InlineData(Forum, null, "127.0.0.1:30000", "atbb", 0, "Patience")]
    [InlineData(Forum, null, "127.0.0.1:30000", "atbb", 0.009, "Patience")]
    [InlineData(Forum, null, "127.0.0.1:30000", "atbb", 86_400, "Patience")]
    public void FindFaults_OneValueIsWrong_NamesIt(string did, string? database, string gateway, string cluster, double seconds, string name)
    {
        var options = new AtbbClientOptions { ForumDid = did, Database = database, Gateway = gateway, ClusterId = cluster, Patience = TimeSpan.FromSeconds(seconds) };

        var fault = Assert.Single(AtbbClientOptionsCheck.FindFaults(options));

        Assert.StartsWith($"{name}: ", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "127.0.0.1:30000", "the silo at 127.0.0.1:30000")]
    [InlineData(null, "silo-1.example.com:30000", "the silo at silo-1.example.com:30000")]
    [InlineData("data/atbb.db", "[::1]:30001", "the silo at [::1]:30001")]
    [InlineData("postgresql://me:secret@db.example.com:5433/forum", "127.0.0.1:30000", "the silos in db.example.com:5433/forum")]
    [InlineData("Host=db;Database=forum;Password=secret", "127.0.0.1:30000", "the silos in db:5432/forum")]
    public async Task Place_DatabaseAsTheServiceIsGivenIt_SaysWhereTheServiceIsLookedFor(string? database, string gateway, string place)
    {
        var options = new AtbbClientOptions { ForumDid = Forum, Database = database, Gateway = gateway };

        Assert.Empty(AtbbClientOptionsCheck.FindFaults(options));
        await using var connection = new Connecting.ClusterConnection(options, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        Assert.Equal(place, connection.Place);
    }

    [Theory]
    [InlineData("127.0.0.1:30000", "gwy.tcp://127.0.0.1:30000/0")]
    [InlineData("[::1]:30001", "gwy.tcp://[::1]:30001/0")]
    // Of a name with addresses of both kinds, the one that a silo listens on.
    [InlineData("localhost:30000", "gwy.tcp://127.0.0.1:30000/0")]
    public async Task GetGateways_AddressOrName_IsWhereItLeads(string gateway, string uri) =>
        Assert.Equal([uri], (await Connecting.Gateway.TryRead(gateway)!.GetGateways()).Select(found => found.ToString()));

    [Fact]
    public async Task AddAtbbClient_OptionsAreWrong_TheApplicationDoesNotStartAndSaysAllOfThem()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddAtbbClient(options => (options.Gateway, options.ClusterId) = ("nowhere", ""));
        using var app = builder.Build();

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync(Ends));

        Assert.Collection(refused.Failures,
            fault => Assert.StartsWith("ForumDid: ", fault, StringComparison.Ordinal),
            fault => Assert.StartsWith("Gateway: ", fault, StringComparison.Ordinal),
            fault => Assert.StartsWith("ClusterId: ", fault, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AddAtbbClient_ThereIsNoService_TheApplicationStartsAllTheSame()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        // Port 1 of loopback: nobody listens there.
        builder.Services.AddAtbbClient(options => (options.ForumDid, options.Gateway, options.Patience) = (Forum, "127.0.0.1:1", TimeSpan.FromMilliseconds(200)));
        using var app = builder.Build();
        await app.StartAsync(Ends);

        var client = app.Services.GetRequiredService<AtbbClient>();
        var away = await Assert.ThrowsAsync<BackfillUnreachableException>(() => client.GetProgressAsync(Ends));

        Assert.Contains("127.0.0.1:1", away.Message, StringComparison.Ordinal);
        await app.StopAsync(Ends);
    }
}
