using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Atbb.Silo.Admin;

/// <summary>How the admin HTTP and the command line write JSON: camelCase, enumerations in the seed's snake_case.</summary>
static class AdminJson
{
    // Written to a terminal or a pipe and not into a page: dates keep their plus sign.
    public static JsonSerializerOptions Options { get; } = Apply(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static JsonSerializerOptions Apply(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        // The framework's own way takes numbers written as text, too, and its description then says that every number may be one.
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
        return options;
    }
}
