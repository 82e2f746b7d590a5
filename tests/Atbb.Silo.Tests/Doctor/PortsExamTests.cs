using System.Net;
using System.Net.Sockets;
using Atbb.Silo.Configuration;
using Atbb.Silo.Doctor;
using Atbb.Silo.Hosting;

namespace Atbb.Silo.Tests.Doctor;

[Collection(OneAfterAnother.Name)]
public class PortsExamTests
{
    static CancellationToken Ends => TestContext.Current.CancellationToken;

    static AtbbSettings Settings(Action<AtbbSettings> change)
    {
        var settings = new AtbbSettings();
        settings.Admin.Url = $"http://127.0.0.1:{SiloPorts.FirstFree(22_000)}";
        change(settings);
        return settings;
    }

    [Fact]
    public async Task Run_PortsThatAreFreeOrNotSet_CanBeListenedOn()
    {
        var findings = await PortsExam.RunAsync(Settings(_ => { }), running: null, Ends);

        Assert.Equal(3, findings.Count);
        Assert.All(findings, finding => Assert.Equal((Verdict.Ok, true), (finding.Verdict, finding.Message.Contains("can listen at 127.0.0.1:", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("silo", "Atbb:Cluster:SiloPort")]
    [InlineData("gateway", "Atbb:Cluster:GatewayPort")]
    [InlineData("admin HTTP", "Atbb:Admin:Url")]
    public async Task Run_APortThatAnotherHas_IsAProblemUnlessOneOfOursRunsHere(string what, string setting)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var settings = Settings(settings => _ = what switch
        {
            "silo" => (settings.Cluster.SiloPort = port).ToString(),
            "gateway" => (settings.Cluster.GatewayPort = port).ToString(),
            _ => settings.Admin.Url = $"http://127.0.0.1:{port}",
        });

        var taken = Assert.Single(await PortsExam.RunAsync(settings, running: null, Ends), finding => finding.Verdict is Verdict.Problem);
        Assert.Contains($"port {port} for the {what} is taken", taken.Message, StringComparison.Ordinal);
        Assert.Contains(setting, taken.Advice, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
            Assert.Contains($"(process {Environment.ProcessId})", taken.Message, StringComparison.Ordinal);

        Assert.All(await PortsExam.RunAsync(settings, "one runs at 127.0.0.1:11111", Ends), finding => Assert.Equal(Verdict.Ok, finding.Verdict));
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("nowhere.invalid")]
    public async Task Run_AnAddressThatIsNotThisMachines_IsAProblem(string address)
    {
        var findings = await PortsExam.RunAsync(Settings(settings => settings.Cluster.Address = address), running: null, Ends);

        Assert.Equal(2, findings.Count(finding => finding.Verdict is Verdict.Problem && finding.Advice!.Contains("Atbb:Cluster:Address", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("10.0.0.1", 11_111, true)]
    [InlineData("10.0.0.1", 0, true)]
    [InlineData("10.0.0.1", 11_112, false)]
    [InlineData("10.0.0.2", 0, false)]
    public void RunningHere_OfACluster_IsTheActiveOneAtTheAddress(string address, int port, bool isHere)
    {
        SiloEntry[] members = [new("gone", "10.0.0.2:11111", (int)SiloStatus.Dead, default), new("one", "10.0.0.1:11111", (int)SiloStatus.Active, default)];

        Assert.Equal(isHere ? "one runs at 10.0.0.1:11111" : null, RunningHere.Judge(members, [address], port));
    }
}
