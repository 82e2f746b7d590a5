using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using Atbb.Sample;
using Atbb.Silo.Configuration;
using Atbb.Silo.Demo;
using Microsoft.AspNetCore.Connections;

namespace Atbb.Silo.Commands;

/// <summary><c>atbb demo-pds</c>: the demo's forum alone, for a service that runs elsewhere.</summary>
static class DemoPdsCommand
{
    public static Command Create()
    {
        var forum = new DemoForumOptions();
        var url = new Option<string>("--url") { Description = "Where to listen, as http://ADDRESS:PORT.", DefaultValueFactory = _ => $"http://127.0.0.1:{DemoPorts.FirstOfPds}", HelpName = "URL" };
        var origin = new Option<string?>("--origin") { Description = "How others find it, as http://NAME:PORT, where that is not where it listens.", HelpName = "URL" };
        var command = new Command("demo-pds", """
            Serves the demo's generated forum and nothing else: a PDS, the PLC directory of its accounts, and a relay, all at one address.
            For a service that runs elsewhere, in a container say, and is told of it:

              atbb demo-pds
              atbb serve --forum DID --plc http://127.0.0.1:2583 --set Discovery:Relays=http://127.0.0.1:2583 \
                --set Network:AllowPrivateAddresses=true

            Anybody may read it, and nothing in it is anybody's. It ends with Ctrl-C.
            """);
        forum.AddTo(command);
        command.Options.Add(url);
        command.Options.Add(origin);
        command.SetAction(async (line, _) =>
        {
            var listen = EndPoint("--url", line.GetValue(url)!);
            var knownAs = line.GetValue(origin) is { } text ? Origin("--origin", text) : null;
            return await ServeAsync(forum.Read(line), forum.Latency(line), listen, knownAs);
        });
        return command;
    }

    static async Task<int> ServeAsync(SampleForumOptions size, TimeSpan latency, IPEndPoint listen, Uri? knownAs)
    {
        var asked = new TaskCompletionSource();
        // Before it listens: whoever sees it answer may end it.
        PosixSignal[] ending = [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT];
        var registrations = ending.Select(signal => PosixSignalRegistration.Create(signal, context => context.Cancel = asked.TrySetResult())).ToList();

        var forum = SampleForum.Generate(size);
        await using var pds = await StartAsync(listen, knownAs);
        pds.Latency = latency;
        // It is asked for days, and nobody looks at the questions.
        pds.Log.Capacity = 1;
        forum.HostOn(pds);
        Console.WriteLine($"A PDS at {pds.Origin.GetLeftPart(UriPartial.Authority)} holds a forum of {forum.Users.Count:N0} members and {forum.RecordCount:N0} records.");
        Console.WriteLine($"Forum:     {forum.Forum.Did}");
        await asked.Task;
        registrations.ForEach(static registration => registration.Dispose());
        return ExitCode.Completed;
    }

    static async Task<SamplePds> StartAsync(IPEndPoint listen, Uri? knownAs)
    {
        try
        {
            return await SamplePds.StartAsync(port: listen.Port, address: listen.Address, knownAs: knownAs);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new BadSettingsException([$"--url: {listen} is in use. End what listens there, or choose another port."]);
        }
    }

    static Uri Origin(string option, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var origin) && origin is { Scheme: "http", PathAndQuery: "/" }
            ? origin
            : throw new BadSettingsException([$"{option}: '{text}' is not an address such as http://127.0.0.1:{DemoPorts.FirstOfPds}."]);

    static IPEndPoint EndPoint(string option, string text) =>
        Origin(option, text) is var url && IPAddress.TryParse(url.Host.Trim('[', ']'), out var address)
            ? new(address, url.Port)
            : throw new BadSettingsException([$"{option}: '{text}' has a name where an IP address is wanted, such as 127.0.0.1."]);
}
