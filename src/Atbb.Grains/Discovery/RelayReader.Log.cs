using Microsoft.Extensions.Logging;

namespace Atbb.Grains.Discovery;

sealed partial class RelayReader
{
    [LoggerMessage(160, LogLevel.Warning, "backfill.relay_error: {Relay} does not list {Collection} for now (failure {Attempts} in a row), it is asked again in {Delay} and nobody known waits for it: {Reason}", EventName = "backfill.relay_error")]
    partial void LogRetried(string relay, string collection, int attempts, TimeSpan delay, string reason);

    [LoggerMessage(161, LogLevel.Error, "backfill.relay_given_up: {Relay} has not listed {Collection} to its end, the run goes on without the rest ({Kind}); see that Atbb:Discovery:Relays is right: {Reason}", EventName = "backfill.relay_given_up")]
    partial void LogGivenUp(string relay, string collection, string kind, string reason);

    [LoggerMessage(162, LogLevel.Information, "backfill.discovered: run {RunId} has read what {Relay} lists for {Collection} ({Status}): {Listed} repositories, {Found} of them new, {Skipped} without a valid DID", EventName = "backfill.discovered")]
    partial void LogEnded(long runId, string relay, string collection, string status, long listed, long found, long skipped);
}
