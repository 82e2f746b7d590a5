using System.CommandLine;
using Atbb.Silo.Configuration;
using Atbb.Silo.Doctor;
using Atbb.Silo.Progress;

namespace Atbb.Silo.Commands;

/// <summary><c>atbb doctor</c>: what is wrong, and what to do.</summary>
static class DoctorCommand
{
    public static Command Create()
    {
        var common = new CommonOptions();
        var relay = new Option<string[]>("--relay") { Description = "Origin of a relay to ask, in place of those in the settings. May be given several times.", HelpName = "URL", AllowMultipleArgumentsPerToken = false };
        var json = JsonOut.Option();
        var command = new Command("doctor", $"""
            Looks at everything that the service needs: the database and its settings, the clocks, the ports to listen on, the PLC
            directory, the forum's account and its PDS, the relays, the cluster. Says what is wrong and what to do. Give it what you give atbb serve.

            Needs no serving process, and changes nothing.

            {ExitCode.DoctorTable}
            """);
        common.AddTo(command);
        command.Options.Add(relay);
        command.Options.Add(json);
        command.SetAction(async (line, cancellationToken) =>
        {
            var given = common.Read(line);
            if (line.GetValue(relay) is { Length: > 0 } relays)
                given["Atbb:Discovery:Relays"] = string.Join(',', relays);
            var findings = await Examination.RunAsync(SettingsLoader.Load(given), cancellationToken);
            var (problems, warnings) = (findings.Count(f => f.Verdict is Verdict.Problem), findings.Count(f => f.Verdict is Verdict.Warning));
            if (line.GetValue(json))
                JsonOut.Write(new { Problems = problems, Warnings = warnings, Findings = findings });
            else
                DoctorView.Write(ProgressDisplay.Screen, findings);
            return problems == 0 ? ExitCode.Completed : ExitCode.Unwell;
        });
        return command;
    }
}
