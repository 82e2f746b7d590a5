using System.Text.Json;

namespace Atbb.Testing.RealPds;

/// <summary>One write of an <c>applyWrites</c>.</summary>
public sealed class RealWrite
{
    RealWrite(string json) => Json = json;

    internal string Json { get; }

    /// <summary>Creates a record.</summary>
    public static RealWrite Create(string collection, string rkey, string json) => new(Of("create", collection, rkey, json));

    /// <summary>Replaces a record.</summary>
    public static RealWrite Update(string collection, string rkey, string json) => new(Of("update", collection, rkey, json));

    /// <summary>Deletes a record.</summary>
    public static RealWrite Delete(string collection, string rkey) => new(Of("delete", collection, rkey, null));

    static string Of(string action, string collection, string rkey, string? json) =>
        $$"""{"$type":"com.atproto.repo.applyWrites#{{action}}","collection":"{{collection}}","rkey":{{JsonSerializer.Serialize(rkey)}}{{(json is null ? "" : ",\"value\":" + json)}}}""";
}
