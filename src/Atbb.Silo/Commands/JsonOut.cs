using System.CommandLine;
using System.Text.Json;
using Atbb.Silo.Admin;

namespace Atbb.Silo.Commands;

/// <summary>The option <c>--json</c>: one JSON document on standard output, and nothing else there.</summary>
static class JsonOut
{
    public const string Name = "--json";

    public static Option<bool> Option() => new(Name) { Description = "One JSON document on standard output, and nothing else there; also when it is not done." };

    /// <summary>Writes the document.</summary>
    public static void Write<T>(T document) => Console.Out.WriteLine(JsonSerializer.Serialize(document, AdminJson.Options));
}
