using System.Net;
using System.Text.Json;
using Atbb.AtProto.Syntax;

namespace Atbb.Silo.Doctor;

/// <summary>What a PLC directory's answer says of it, when it is asked for the forum's DID document.</summary>
static class PlcExam
{
    const string Check = "plc";

    /// <summary>Judges it.</summary>
    /// <param name="directory">Who was asked.</param>
    /// <param name="forum">For whose document; null: the forum is none of its, and it was asked how it is.</param>
    /// <param name="status">The answer's status.</param>
    /// <param name="body">The answer.</param>
    public static Finding Judge(Uri directory, Did? forum, HttpStatusCode status, string body) => (status, ReadObject(body)) switch
    {
        ( >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests, _) => Finding.Problem(
            Check, $"{directory} answers HTTP {(int)status}.", "Wait for it: repositories that are looked up meanwhile are parked."),
        (_, null) => Finding.Problem(
            Check, $"{directory} answers HTTP {(int)status} without JSON, which no PLC directory does.", "Correct Atbb:PlcDirectory, or see who answers in its place: a proxy, or a page to sign in to the network."),
        // It has answered for itself; what becomes of the forum is said beside it.
        (HttpStatusCode.Gone, _) => Finding.Ok(Check, $"{directory} answers."),
        (HttpStatusCode.NotFound, _) when forum is not null => Finding.Problem(
            Check, $"{directory} does not know the forum, {forum}.", "Check FORUM_DID, and that Atbb:PlcDirectory is the directory in which that account was made."),
        (HttpStatusCode.OK, { } document) when forum is not { } did || IsOf(document, did) => Finding.Ok(Check, forum is null ? $"{directory} answers." : $"{directory} answers, and knows the forum."),
        (HttpStatusCode.OK, _) => Finding.Problem(Check, $"{directory} answers with something else than the DID document of {forum}.", "Correct Atbb:PlcDirectory."),
        _ => Finding.Problem(Check, $"{directory} answers HTTP {(int)status}.", "Correct Atbb:PlcDirectory, or see that it lets this machine ask."),
    };

    static bool IsOf(JsonElement document, Did forum) =>
        document.TryGetProperty("id", out var id) && id.ValueKind is JsonValueKind.String && id.GetString() == forum.Value;

    static JsonElement? ReadObject(string body)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(body) is { ValueKind: JsonValueKind.Object } answer ? answer : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
