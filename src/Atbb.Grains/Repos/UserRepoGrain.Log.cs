using Atbb.Indexing.Repos;
using Microsoft.Extensions.Logging;

namespace Atbb.Grains.Repos;

sealed partial class UserRepoGrain
{
    [LoggerMessage(200, LogLevel.Warning, "backfill.pds_error: {Did} cannot be read from {Host} for now (failure {Attempts} in a row), {WhatNext}: {Reason}", EventName = "backfill.pds_error")]
    partial void LogParked(string did, string? host, int attempts, string whatNext, string reason);

    [LoggerMessage(201, LogLevel.Error, "backfill.repo_given_up: {Did} at {Host} is not in the index as it should be ({Kind}): {Reason}", EventName = "backfill.repo_given_up")]
    partial void LogGivenUp(string did, string? host, string kind, string reason);

    [LoggerMessage(202, LogLevel.Information, "backfill.repo_gone: {Did} at {Host} has nothing to read, its account is {Status}: {Reason}", EventName = "backfill.repo_gone")]
    partial void LogGone(string did, string? host, RepoStatus status, string reason);

    [LoggerMessage(203, LogLevel.Information, "backfill.repo_moved: {Did} has moved from {OldPds} to {NewPds} and is read from there", EventName = "backfill.repo_moved")]
    partial void LogMoved(string did, string? oldPds, string? newPds);

    [LoggerMessage(204, LogLevel.Warning, "backfill.record_error: a record of {Did} at {Host} is not in the index: {Collection} {Uri} ({Kind}): {Reason}", EventName = "backfill.record_error")]
    partial void LogRecordError(string did, string? host, string? collection, string? uri, string kind, string reason);

    [LoggerMessage(205, LogLevel.Warning, "backfill.stale_write: the row of {Did} was moved by another writer, so nothing was written and it is read again; this happens when a silo was lost or cut off, and nothing is to be done", EventName = "backfill.stale_write")]
    partial void LogStale(string did);

    [LoggerMessage(206, LogLevel.Warning, "backfill.unordered: rows of {Did} at {Host} may be in the index that its repository no longer has: {Reason}", EventName = "backfill.unordered")]
    partial void LogUnordered(string did, string? host, string reason);

    [LoggerMessage(207, LogLevel.Information, "backfill.left_out: {Reason} Nothing is asked about it, and what the index has of it stays as it is", EventName = "backfill.left_out")]
    partial void LogLeftOut(string reason);

    [LoggerMessage(208, LogLevel.Information, "backfill.handle_unknown: the DID document of the forum {Did} could not be read, so its handle is not known; its records are read from the configured PDS all the same, and the next run asks again: {Reason}", EventName = "backfill.handle_unknown")]
    partial void LogHandleUnknown(string did, string reason);
}
