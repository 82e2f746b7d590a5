using Atbb.Indexing.Batches;

namespace Atbb.Grains.Indexing;

/// <summary>What came of a batch, handed over as it is: the index's own types know nothing of how messages are copied.</summary>
[GenerateSerializer, Immutable, Alias("atbb.IndexReply")]
sealed record IndexReply([property: Id(0)] BatchResult Result);
