namespace Atbb.Indexing.Collections;

/// <summary>Why a record is not in the index: the values of <c>backfill_errors.kind</c>. Stable, since operators filter by them.</summary>
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

    /// <summary>What an operator can do about a failure of a kind, as a sentence.</summary>
    public static string NextStep(string kind) => kind switch
    {
        RefusedByDatabase => "Report it with this message; retry the run once it is mended.",
        TooLarge => "Nothing is to be done, unless Atbb:Indexing:RecordBytes is set too low: its author may shorten it, and a later run reads it again.",
        _ => "Nothing is to be done here: its author may mend it, and a later run reads it again.",
    };
}
