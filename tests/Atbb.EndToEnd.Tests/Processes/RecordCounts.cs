namespace Atbb.EndToEnd.Tests.Processes;

/// <summary>What became of the records of a run.</summary>
readonly record struct RecordCounts(long Indexed, long Updated, long Unchanged, long Deleted, long Failed);
