using System.Text.Json;
using System.Text.Json.Serialization;
using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Silo.Admin;

/// <summary>
/// How a run is written by the command that has run it, as <see cref="AdminJson"/> would. Made when this is built: a run that finds nothing changed takes about a
/// second, and a tenth of one went into finding out how to write its result.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    Converters = [typeof(SnakeCase<RunType>), typeof(SnakeCase<RunStatus>)])]
[JsonSerializable(typeof(RunAnswer))]
sealed partial class RunAnswerJson : JsonSerializerContext
{
    sealed class SnakeCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower)
        where T : struct, Enum;
}
