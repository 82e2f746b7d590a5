using System.Net;
using System.Text.Json;
using Atbb.AtProto.Xrpc;
using Atbb.Silo.Admin;
using Atbb.Silo.Commands;

namespace Atbb.Silo.Remote;

/// <summary>What an answer other than a success means to whoever gave the command.</summary>
static class Refusal
{
    const string Types = "urn:atbb:problem:";

    /// <summary>The exit status, and a sentence that names commands and not routes.</summary>
    public static RemoteException Of(HttpStatusCode status, string body, AdminAddress address)
    {
        var problem = Read(body);
        var said = ForeignText.Shown(problem.Detail ?? problem.Title ?? $"HTTP {(int)status}");
        (int ExitCode, string Message) meant = status switch
        {
            HttpStatusCode.Unauthorized when address.Token is null => (ExitCode.TokenRefused,
                $"{address.Url} asks for a token: the one of its Atbb:Admin:Token, by --token or in Atbb__Admin__Token."),
            HttpStatusCode.Unauthorized => (ExitCode.TokenRefused, $"{address.Url} refuses the token. Its own is in its Atbb:Admin:Token."),
            HttpStatusCode.Forbidden => (ExitCode.TokenRefused, said),
            HttpStatusCode.TooManyRequests when KindOf(problem) is not null => (ExitCode.TokenRefused, said),
            HttpStatusCode.NotFound when KindOf(problem) is { } kind => (ExitCode.NotFound, NotFound(kind, said)),
            HttpStatusCode.Conflict => (ExitCode.Conflict, Conflict(problem, said)),
            HttpStatusCode.BadRequest => (ExitCode.BadConfiguration, said),
            _ when IsAway(status) => (ExitCode.NotReachable,
                KindOf(problem) is null ? $"{address.Url} cannot answer now ({said})." : said),
            HttpStatusCode.InternalServerError => (ExitCode.Failed, $"{address.Url} has met an error of its own; its log says which."),
            _ when KindOf(problem) is not null => (ExitCode.BadConfiguration, said),
            _ => (ExitCode.NotReachable, $"{address.Url} does not answer as atbb does (HTTP {(int)status}): is it the address of atbb serve?"),
        };
        return new(meant.ExitCode, meant.Message, problem: KindOf(problem) is null ? null : JsonSerializer.Deserialize<JsonElement>(body)) { MayPass = IsAway(status) };
    }

    static bool IsAway(HttpStatusCode status) => status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout;

    static string NotFound(string kind, string said) => kind switch
    {
        "no-such-run" => $"{Before(said, "GET ")} Those there are: atbb runs.",
        "no-such-repo" => $"{Before(said, "Read it:")} Read it: atbb sync DID.",
        _ => said,
    };

    static string Conflict(RemoteProblem problem, string said) => KindOf(problem) switch
    {
        "run-unfinished" when problem.RunId is { } run =>
            $"Run {run} is not finished, and there is one at a time. Wait for it (atbb run {run} --watch), or end it: atbb cancel {run}.",
        "run-has-ended" => $"{Before(said, "Start another:")} Start another: atbb start.",
        "ambiguous-handle" when problem.Dids is { } dids => $"{said} They are {ForeignText.Shown(string.Join(", ", dids))}.",
        _ => said,
    };

    // The service names its own route there.
    static string Before(string said, string word) => said.IndexOf(word, StringComparison.Ordinal) is > 0 and var at ? said[..at].TrimEnd() : said;

    static string? KindOf(RemoteProblem problem) =>
        problem.Type?.StartsWith(Types, StringComparison.Ordinal) is true ? problem.Type[Types.Length..] : null;

    static RemoteProblem Read(string body)
    {
        try
        {
            return JsonSerializer.Deserialize<RemoteProblem>(body, AdminJson.Options) ?? new();
        }
        catch (JsonException)
        {
            // Not ours: a proxy's page.
            return new();
        }
    }
}
