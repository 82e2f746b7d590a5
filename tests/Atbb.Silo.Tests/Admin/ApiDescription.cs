using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Atbb.Silo.Tests.Admin;

/// <summary>An OpenAPI document, to hold answers against: whether the route is in it, with this status, and whether the body is what it says.</summary>
sealed class ApiDescription(JsonElement document)
{
    /// <summary>Every verb and path in it.</summary>
    public IReadOnlyList<string> Routes =>
        [.. document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(verb => $"{verb.Name.ToUpperInvariant()} {path.Name}"))];

    /// <summary>Fails the test if an answer is not as described.</summary>
    public void Check(HttpMethod method, string pathAndQuery, HttpStatusCode status, string? mediaType, JsonElement body)
    {
        var path = pathAndQuery.Split('?')[0];
        var described = document.GetProperty("paths").EnumerateObject().FirstOrDefault(p => IsOf(path, p.Name)).Value;
        // What is not there is refused everywhere alike.
        if (described.ValueKind is JsonValueKind.Undefined || !described.TryGetProperty(method.Method.ToLowerInvariant(), out var operation))
        {
            Assert.True(status is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed, $"{method} {path} answers {status} and is not described");
            return;
        }

        var where = $"{method} {path} → {(int)status}";
        Assert.True(operation.GetProperty("responses").TryGetProperty($"{(int)status}", out var response), $"{where} is not described");
        if (mediaType is null)
        {
            Assert.False(response.TryGetProperty("content", out _), $"{where} is described with a body");
            return;
        }

        Assert.True(response.GetProperty("content").TryGetProperty(mediaType, out var content), $"{where} is not described as {mediaType}");
        Assert.Equal([], Faults(body, content.GetProperty("schema"), "$").Select(fault => $"{where}: {fault}"));
    }

    static bool IsOf(string path, string template) => Regex.IsMatch(path, "^" + Regex.Replace(template, "\\{[^}]+\\}", "[^/]+") + "$");

    /// <summary>What of a value is not as a schema says.</summary>
    IEnumerable<string> Faults(JsonElement value, JsonElement schema, string at)
    {
        schema = Resolve(schema);
        if (schema.TryGetProperty("oneOf", out var choices))
            return choices.EnumerateArray().Any(choice => !Faults(value, choice, at).Any()) ? [] : [$"{at} is none of its choices: {value}"];
        if (schema.TryGetProperty("type", out var type) && !TypesOf(type).Contains(TypeOf(value)) && !(TypeOf(value) is "integer" && TypesOf(type).Contains("number")))
            return [$"{at} is {TypeOf(value)}, not {type}"];
        if (schema.TryGetProperty("enum", out var names) && !names.EnumerateArray().Any(name => JsonElement.DeepEquals(name, value)))
            return [$"{at} is '{value}', which is not described"];
        return value.ValueKind switch
        {
            JsonValueKind.Object => FaultsOfObject(value, schema, at),
            JsonValueKind.Array => value.EnumerateArray().SelectMany((item, i) => Faults(item, schema.GetProperty("items"), $"{at}[{i}]")),
            _ => [],
        };
    }

    IEnumerable<string> FaultsOfObject(JsonElement value, JsonElement schema, string at)
    {
        var properties = schema.GetProperty("properties");
        if (schema.TryGetProperty("required", out var required))
            foreach (var name in required.EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _)))
                yield return $"{at}.{name} is missing";
        foreach (var property in value.EnumerateObject())
        {
            if (!properties.TryGetProperty(property.Name, out var described))
                yield return $"{at}.{property.Name} is not described";
            else
                foreach (var fault in Faults(property.Value, described, $"{at}.{property.Name}"))
                    yield return fault;
        }
    }

    JsonElement Resolve(JsonElement schema)
    {
        while (schema.TryGetProperty("$ref", out var reference))
            schema = reference.GetString()!.Split('/').Skip(1).Aggregate(document, (at, part) => at.GetProperty(part));
        return schema;
    }

    static IEnumerable<string> TypesOf(JsonElement type) =>
        type.ValueKind is JsonValueKind.Array ? type.EnumerateArray().Select(one => one.GetString()!) : [type.GetString()!];

    static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        _ => "null",
    };
}
