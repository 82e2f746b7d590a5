using System.Text.Json;
using System.Text.Json.Serialization;

namespace Atbb.Indexing.Databases;

/// <summary>
/// Texts as one JSON list: how a statement takes any number of them on either database, and how a list stands in a column. Made when this is built: made when the
/// first is written, it would hold a start up.
/// </summary>
[JsonSerializable(typeof(IEnumerable<string>))]
sealed partial class JsonList : JsonSerializerContext
{
    public static string Of(IEnumerable<string> texts) => JsonSerializer.Serialize(texts, Default.IEnumerableString);
}
