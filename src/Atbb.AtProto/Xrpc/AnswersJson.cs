using System.Text.Json.Serialization;
using Atbb.AtProto.Discovery;
using Atbb.AtProto.Identity;
using Atbb.AtProto.Repo;

namespace Atbb.AtProto.Xrpc;

/// <summary>How the small answers are read. Pages of records are not among them: see <see cref="PageDecoder"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(XrpcErrorBody))]
[JsonSerializable(typeof(LatestCommitAnswer))]
[JsonSerializable(typeof(RepoStatusAnswer))]
[JsonSerializable(typeof(ListReposAnswer))]
[JsonSerializable(typeof(DidDocumentJson))]
[JsonSerializable(typeof(RepoListAnswer))]
sealed partial class AnswersJson : JsonSerializerContext;
