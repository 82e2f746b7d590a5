namespace Atbb.Grains.Repos;

/// <summary>What an operator can do about a repository that was given up, as a sentence for its error row and the log.</summary>
static class NextStep
{
    public static string Of(string kind) => kind switch
    {
        "unreachable" => "Nothing of it was removed. Retry the run once that host answers.",
        "not_answered" => "This is the cluster's trouble and not the account's host's: look for silos that were lost in the log, then retry the run.",
        "not_found" => "Its rows are kept. If it is a typing error, take it out of your lists.",
        "bad_did_document" => "Only the account's owner can mend its DID document; a later run reads it again.",
        "forbidden_address" => "If it is meant to be in a private network, set Atbb:Network:AllowPrivateAddresses; otherwise nothing is to be done.",
        "bad_did" => "Take it out of your lists.",
        "out_of_time" => "What was read is in the index, and nothing was removed for it. If the server is slow, raise Atbb:Backfill:MaxRepoTime and retry the run; if it never ends, leave it out (Atbb:Backfill:SkipHosts).",
        "cursor_loop" => "Report it to that host's operator; retry the run once it is mended.",
        "unordered" => "Report it to that host's operator; once it is mended, the next run removes what is gone.",
        _ => throw new InvalidOperationException($"There is no next step for failures of kind {kind}."),
    };
}
