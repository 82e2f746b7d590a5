using System.Text.Json;
using System.Text.Json.Serialization;

namespace Atbb.Indexing.Databases;

/// <summary>
/// Texts as one JSON list: how a statement takes any number of them on either database, and how a list stands in a column. What writes it is generated: made by
/// reflection for the first list, it would hold a start up.
/// </summary>
[JsonSerializable(typeof(IEnumerable<string>))]
sealed partial class JsonList : JsonSerializerContext
{
    public static string Of(IEnumerable<string> texts) => JsonSerializer.Serialize(texts, Default.IEnumerableString);
}
