using System.Text.Json.Serialization;

namespace Atbb.Grains.Runs;

/// <summary>How the BackfillGrain's state is stored: by names, enumerations too. Made when this is built: made when a run begins, it would cost a tenth of a second there.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(BackfillGrainState))]
sealed partial class StateJson : JsonSerializerContext;
