using System.CommandLine;
using System.Text.Json;
using Atbb.Silo.Admin;

namespace Atbb.Silo.Commands;

/// <summary>The option <c>--json</c>: one JSON document on standard output, and nothing else there.</summary>
static class JsonOut
{
    public static Option<bool> Option() => new("--json") { Description = "One JSON document on standard output, and nothing else there." };

    /// <summary>Writes the document.</summary>
    public static void Write<T>(T document) => Console.Out.WriteLine(JsonSerializer.Serialize(document, AdminJson.Options));
}
