using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Atbb.Silo.Admin;
using Atbb.Silo.Configuration;
using Atbb.Silo.Remote;

namespace Atbb.Silo.Commands;

/// <summary>Why a command was not done: a sentence for people and, where <c>--json</c> asks for it, the one document for programs.</summary>
/// <param name="ExitCode">The process's exit status.</param>
/// <param name="Message">What went wrong and what to do, as it stands on standard error.</param>
/// <param name="Faults">Each single fault of a command line or a configuration.</param>
/// <param name="Problem">The problem details, if a serving process has refused.</param>
sealed record CommandFailure(int ExitCode, string Message, IReadOnlyList<string>? Faults = null, JsonElement? Problem = null)
{
    /// <summary>The failure that an exception means; null for what is not expected, whose stack is worth more than a sentence.</summary>
    public static CommandFailure? Of(Exception error) => error switch
    {
        BadSettingsException e => new(Commands.ExitCode.BadConfiguration, e.Message, e.Faults),
        RemoteException e => new(e.ExitCode, e.Message, Problem: e.Problem),
        _ when StartFailure.Explain(error) is { } message => new(Commands.ExitCode.CannotStart, message),
        _ => null,
    };

    /// <summary>The failure of a line that is no command's.</summary>
    public static CommandFailure Of(ParseResult line)
    {
        IReadOnlyList<string> faults = [.. line.Errors.Select(error => error.Message)];
        return new(Commands.ExitCode.BadConfiguration, string.Join('\n', faults), faults);
    }

    /// <summary>Whether a program reads what comes of a line, also of one that cannot be read whole.</summary>
    public static bool IsForPrograms(ParseResult line) =>
        line.CommandResult.Command.Options.Any(option => option.Name == JsonOut.Name) && line.Tokens.Any(token => token.Value == JsonOut.Name);

    /// <summary>The problem details as they came, but with the sentence that names commands and not routes; and the exit status.</summary>
    public JsonObject ToJson()
    {
        var document = Problem is { ValueKind: JsonValueKind.Object } problem ? JsonObject.Create(problem)! : [];
        // The same as its detail, which is another now.
        document.Remove("error");
        document["detail"] = Faults is null ? Message : string.Join(' ', Faults);
        if (Faults is not null)
            document["faults"] = JsonSerializer.SerializeToNode(Faults, AdminJson.Options);
        document["exitCode"] = ExitCode;
        return document;
    }
}
