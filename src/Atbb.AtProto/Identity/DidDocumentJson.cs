using System.Text.Json;
using System.Text.Json.Serialization;

namespace Atbb.AtProto.Identity;

/// <summary>A DID document as it is written. Loosely typed where others than the AT Protocol may write what they like.</summary>
sealed record DidDocumentJson(JsonElement Id, JsonElement AlsoKnownAs, JsonElement Service)
{
    /// <summary>The services, those that are objects.</summary>
    [JsonIgnore]
    public IEnumerable<JsonElement> Services => ItemsOf(Service).Where(service => service.ValueKind is JsonValueKind.Object);

    /// <summary>The other names of the account.</summary>
    [JsonIgnore]
    public IEnumerable<string> Names => ItemsOf(AlsoKnownAs).Select(TextOf).OfType<string>();

    /// <summary>A text, or null for anything else.</summary>
    public static string? TextOf(JsonElement element)
    {
        try
        {
            return element.ValueKind is JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            return null;
        }
    }

    /// <summary>An object's field as text.</summary>
    public static string? TextOf(JsonElement element, string field)
    {
        try
        {
            return element.TryGetProperty(field, out var value) ? TextOf(value) : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair in the name of another field, which is unescaped to be compared.
            return null;
        }
    }

    static JsonElement.ArrayEnumerator ItemsOf(JsonElement element) =>
        element.ValueKind is JsonValueKind.Array ? element.EnumerateArray() : default;
}
