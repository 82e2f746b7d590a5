namespace Atbb.Indexing.Collections;

/// <summary>
/// Why a record, a repository or a relay's list is not in the index: the values of <c>backfill_errors.kind</c>. Stable, since operators filter by them.
/// docs/operate.md tells what each means.
/// </summary>
public static class FailureKinds
{
    /// <summary>A required field is absent or null.</summary>
    public const string MissingField = "missing_field";

    /// <summary>A field holds another JSON type than its lexicon says.</summary>
    public const string WrongTypeField = "wrong_type_field";

    /// <summary>The record names another <c>$type</c> than its collection.</summary>
    public const string WrongRecordType = "wrong_record_type";

    /// <summary>A date is not RFC 3339 with a time zone, or is out of range.</summary>
    public const string BadDate = "bad_date";

    /// <summary>A reference is there and does not name a record.</summary>
    public const string BadReference = "bad_reference";

    /// <summary>The record, or a reference in it, is larger than the index takes.</summary>
    public const string TooLarge = "too_large";

    /// <summary>The record is nested deeper than the index takes.</summary>
    public const string TooDeep = "too_deep";

    /// <summary>No usable record at all: not JSON, not an object, no usable key or CID.</summary>
    public const string BadRecord = "bad_record";

    /// <summary>The database would not have it.</summary>
    public const string RefusedByDatabase = "refused_by_database";

    /// <summary>The PDS or the directory failed as often as is allowed, or refused everything for as long.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>The repository had failed and was waiting for its next attempt when its run ended.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>The repository's grain did not answer.</summary>
    public const string NotAnswered = "not_answered";

    /// <summary>Neither the directory nor the PDS knows the account.</summary>
    public const string NotFound = "not_found";

    /// <summary>The DID document is not one of this DID, or names no PDS.</summary>
    public const string BadDidDocument = "bad_did_document";

    /// <summary>The DID document leads to an address that is not connected to.</summary>
    public const string ForbiddenAddress = "forbidden_address";

    /// <summary>The PDS or the directory led elsewhere as often as is allowed; it is not followed.</summary>
    public const string Redirected = "redirected";

    /// <summary>It was not read to its end within the time that a repository has in a run.</summary>
    public const string TooSlow = "too_slow";

    /// <summary>The account's DID document named one PDS after another while a run was reading it.</summary>
    public const string KeepsMoving = "keeps_moving";

    /// <summary>What was listed is no DID.</summary>
    public const string BadDid = "bad_did";

    /// <summary>A listing leads in circles.</summary>
    public const string CursorLoop = "cursor_loop";

    /// <summary>A collection is not listed in the order of its record keys, each once.</summary>
    public const string Unordered = "unordered";

    /// <summary>A collection has more records than are read of one.</summary>
    public const string TooManyRecords = "too_many_records";

    /// <summary>A relay named more new repositories than a run takes from one.</summary>
    public const string TooManyFound = "too_many_found";

    /// <summary>A relay's list could not be read to its end.</summary>
    public const string RelayUnreachable = "relay_unreachable";

    /// <summary>A relay does not give out its list.</summary>
    public const string RelayRefused = "relay_refused";

    /// <summary>Every kind, in the order of the alphabet.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        BadDate, BadDid, BadDidDocument, BadRecord, BadReference, Cancelled, CursorLoop, ForbiddenAddress, KeepsMoving, MissingField, NotAnswered, NotFound,
        Redirected, RefusedByDatabase, RelayRefused, RelayUnreachable, TooDeep, TooLarge, TooManyFound, TooManyRecords, TooSlow, Unordered, Unreachable, WrongRecordType, WrongTypeField,
    ];

    /// <summary>What an operator can do about a failure of a kind, as a sentence for its error row and the log.</summary>
    public static string NextStep(string kind) => kind switch
    {
        RefusedByDatabase => "Report it with this message; retry the run once it is mended.",
        TooLarge => "Nothing is to be done, unless Atbb:Indexing:RecordBytes is set too low: its author may shorten it, and a later run reads it again.",
        BadDate or BadRecord or BadReference or MissingField or TooDeep or WrongRecordType or WrongTypeField =>
            "Nothing is to be done here: its author may mend it, and a later run reads it again.",
        Unreachable => "Nothing of it was removed. Retry the run once that host answers.",
        Cancelled => "Retry the run.",
        NotAnswered => "This is the cluster's trouble and not the account's host's: look for silos that were lost in the log, then retry the run.",
        NotFound => "Its rows are kept. If it is a typing error, take it out of your lists.",
        BadDidDocument => "Only the account's owner can mend its DID document; a later run reads it again.",
        ForbiddenAddress => "If it is meant to be in a private network, set Atbb:Network:AllowPrivateAddresses; otherwise nothing is to be done.",
        Redirected => "Nothing of it was removed. Retry the run once that host answers itself; one that has a new address for good has to say so in its accounts' DID documents.",
        TooSlow => "What was read of it stays, and the next run reads it again. If that host is always so slow, raise Atbb:Backfill:MaxRepoTime, or leave it out (SkipHosts).",
        KeepsMoving => "Only the account's owner can settle where it lives; a later run reads it again, and nothing of it was removed.",
        BadDid => "Take it out of your lists.",
        CursorLoop => "Report it to that host's operator; retry the run once it is mended.",
        Unordered => "Report it to that host's operator; once it is mended, the next run removes what is gone.",
        TooManyRecords => "If they are somebody's, raise Atbb:Backfill:MaxRecordsPerCollection, and the next run reads on; if the server makes them up, nothing is to be done.",
        TooManyFound => "The next full sync takes the next ones; a relay that never comes to an end makes names up: leave it out.",
        RelayUnreachable or RelayRefused => "See that Atbb:Discovery:Relays is right; the next full sync asks it again.",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such kind of failure."),
    };
}
