using Microsoft.Extensions.Logging;

namespace Atbb.Indexing.Batches;

sealed partial class GroupWriter
{
    [LoggerMessage(Level = LogLevel.Debug, EventName = "index.conflict",
        Message = "index.conflict: another transaction was in the way of {Batches} batches; attempt {Attempt} is made again")]
    partial void LogConflict(Exception error, int batches, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, EventName = "index.batch_refused",
        Message = "index.batch_refused: the database refuses {Records} records of {Did} in {Collection}, the rest is written; each has an error row of kind refused_by_database: report it with the message")]
    partial void LogRefused(string did, string? collection, int records, Exception error);
}
