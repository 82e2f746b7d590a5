using Atbb.Grains.Interfaces.Runs;
using Microsoft.Extensions.Logging;

namespace Atbb.Grains.Runs;

sealed partial class BackfillGrain
{
    [LoggerMessage(100, LogLevel.Information, "backfill.decision: {Forum} needs {Outcome} because of {Reason} (cursor age {CursorAge}, threshold {Threshold}) {Error}", EventName = "backfill.decision")]
    partial void LogDecision(string forum, string outcome, string reason, TimeSpan? cursorAge, TimeSpan threshold, string? error);

    [LoggerMessage(101, LogLevel.Information, "backfill.started: run {RunId} of {Forum} has begun, {Type}, with {Listed} DIDs listed", EventName = "backfill.started")]
    partial void LogStarted(long runId, string forum, RunType type, int listed);

    [LoggerMessage(117, LogLevel.Warning, "backfill.index_emptied: rows of {Forum}'s index have been removed by somebody else; {Repositories} repositories that were read before are read again in full, {Users} users are written again", EventName = "backfill.index_emptied")]
    partial void LogEmptied(string forum, int repositories, int users);

    [LoggerMessage(118, LogLevel.Warning, "backfill.index_replaced: run {RunId} of {Forum} was unfinished, and the index does not know it, or knows it as ended; it is forgotten. A start of the service begins what is needed by itself; otherwise start a full sync", EventName = "backfill.index_replaced")]
    partial void LogOfAnotherIndex(long runId, string forum);

    [LoggerMessage(102, LogLevel.Information, "backfill.resuming: run {RunId} goes on in phase {Phase}, round {Round}, after {LowWaterMark}, with {DidsDone} of {DidsTotal} repositories settled", EventName = "backfill.resuming")]
    partial void LogResuming(long runId, RunPhase phase, int round, string? lowWaterMark, long didsDone, long didsTotal);

    [LoggerMessage(103, LogLevel.Information, "backfill.progress: run {RunId} ({Type}) in phase {Phase}: {DidsDone} of {DidsTotal} repositories, {Records} records, {RecordsPerSecond:F0}/s", EventName = "backfill.progress")]
    partial void LogProgress(long runId, RunType type, RunPhase phase, long didsDone, long didsTotal, long records, double recordsPerSecond);

    [LoggerMessage(104, LogLevel.Information, "backfill.paused: run {RunId} is paused after {LowWaterMark}, it goes on when it is resumed", EventName = "backfill.paused")]
    partial void LogPaused(long runId, string? lowWaterMark);

    [LoggerMessage(105, LogLevel.Information, "backfill.completed: run {RunId} ({Type}) has read {Dids} repositories; records indexed {Indexed}, updated {Updated}, unchanged {Unchanged}, deleted {Deleted}; {Seconds:F1} s", EventName = "backfill.completed")]
    partial void LogCompleted(long runId, RunType type, long dids, long indexed, long updated, long unchanged, long deleted, double seconds);

    [LoggerMessage(115, LogLevel.Warning, "backfill.completed_with_errors: run {RunId} ({Type}) has read {Dids} repositories; records indexed {Indexed}, updated {Updated}, unchanged {Unchanged}, deleted {Deleted}, failed {Failed}; lists of relays left out {RelaysLeftOut}; {Seconds:F1} s; its error rows say what is not in the index and why: a retry of the run reads again what failed, and the next full sync asks the relays again", EventName = "backfill.completed_with_errors")]
    partial void LogCompletedWithErrors(long runId, RunType type, long dids, long indexed, long updated, long unchanged, long deleted, long failed, long relaysLeftOut, double seconds);

    [LoggerMessage(116, LogLevel.Information, "backfill.cancelled: run {RunId} ({Type}) was cancelled after {Dids} repositories and {Seconds:F1} s; what it has indexed stays", EventName = "backfill.cancelled")]
    partial void LogCancelled(long runId, RunType type, long dids, double seconds);

    [LoggerMessage(106, LogLevel.Critical, "backfill.failed: run {RunId} met a programming error and has ended, what it has indexed stays; report it with this stack, and start a run once it is mended: {Reason}", EventName = "backfill.failed")]
    partial void LogFailed(Exception exception, long runId, string reason);

    [LoggerMessage(107, LogLevel.Error, "backfill.not_kept: what run {RunId} came to could not be written whole, for a bug, and is shown as far as it is known here; report it with this stack: {Reason}", EventName = "backfill.not_kept")]
    partial void LogNotKept(Exception exception, long runId, string reason);

    [LoggerMessage(109, LogLevel.Information, "backfill.retrying: run {RunId} of {Forum} has begun, it retries the errors that run {RetryOf} has of {Dids} repositories", EventName = "backfill.retrying")]
    partial void LogRetrying(long runId, string forum, long retryOf, long dids);

    [LoggerMessage(110, LogLevel.Information, "backfill.errors_cleared: {Errors} errors of earlier runs are overtaken by run {RunId} and were removed", EventName = "backfill.errors_cleared")]
    partial void LogCleared(long runId, int errors);

    [LoggerMessage(121, LogLevel.Warning, "backfill.held_back: in run {RunId} {Waiting} repositories wait for their hosts or their turns, {OfHost} of them for {Host}; that is as many as may at once, and those not begun yet wait with them, whatever their hosts. Leave a host out (Atbb:Backfill:SkipHosts) that is not to be waited for", EventName = "backfill.held_back")]
    partial void LogHeldBack(long runId, int waiting, int ofHost, string host);

    [LoggerMessage(111, LogLevel.Error, "backfill.not_answered: run {RunId} gives up on {Did}, {Kind}: {Reason}", EventName = "backfill.not_answered")]
    partial void LogNotAnswered(long runId, string did, string kind, string reason);

    [LoggerMessage(108, LogLevel.Warning, "backfill.taken_over: the run of {Forum} is driven by another silo, this one stops and nothing is to be done: {Reason}", EventName = "backfill.taken_over")]
    partial void LogTakenOver(string forum, string reason);

    [LoggerMessage(119, LogLevel.Warning, "backfill.leaving_out: run {RunId} leaves out {Dids} accounts (Atbb:Backfill:SkipDids) and what lives on {Hosts} hosts (Atbb:Backfill:SkipHosts): {Named}; what the index has of them stays as it is", EventName = "backfill.leaving_out")]
    partial void LogLeavingOut(long runId, int dids, int hosts, string named);

    [LoggerMessage(112, LogLevel.Information, "backfill.round: run {RunId} goes on to round {Round}, over {Found} repositories that it has found on its way", EventName = "backfill.round")]
    partial void LogRound(long runId, int round, long found);

    [LoggerMessage(113, LogLevel.Information, "backfill.relay_wait: run {RunId} has read everything it knows, and waits for its relays' lists for {MaxDelay} at most", EventName = "backfill.relay_wait")]
    partial void LogWaiting(long runId, TimeSpan maxDelay);

    [LoggerMessage(114, LogLevel.Warning, "backfill.too_many_found: records read by run {RunId} name more than {Found} accounts that nobody knew, round {Round} reads no more of them; the next full sync takes the next ones, or raise Atbb:Discovery:MaxFound", EventName = "backfill.too_many_found")]
    partial void LogTooManyNamed(long runId, long found, int round);

    [LoggerMessage(120, LogLevel.Warning, "backfill.relay_short: run {RunId} was named {Listed} repositories with {Collection} by {Relay} and knows {Held}; it is behind or does not look at every host, add another to Atbb:Discovery:Relays if it stays so", EventName = "backfill.relay_short")]
    partial void LogShortListing(long runId, string relay, long listed, string collection, long held);
}
