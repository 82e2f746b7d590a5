using System.Text.Json;

namespace Atbb.Indexing.Collections;

/// <summary>Why a record cannot become a row.</summary>
/// <param name="Kind">One of <see cref="FailureKinds"/>.</param>
/// <param name="Message">For an operator.</param>
sealed record RecordFault(string Kind, string Message)
{
    const int MostQuoted = 80;

    public static RecordFault Missing(string path) => new(FailureKinds.MissingField, $"'{path}' is missing.");

    public static RecordFault WrongRecordType(string type, string expected) =>
        new(FailureKinds.WrongRecordType, $"The record's $type is '{Quoted(type)}', not '{expected}'.");

    public static RecordFault WrongType(RecordField field, JsonTokenType found) =>
        new(FailureKinds.WrongTypeField, $"'{field.Path}' is {Named(found)}, not {Expected(field.Kind)}.");

    public static RecordFault NotOnlyStrings(string path, JsonTokenType found) =>
        new(FailureKinds.WrongTypeField, $"'{path}' holds {Named(found)}, not only strings.");

    /// <summary>Where an object around fields should be; one around references only is a bad reference.</summary>
    public static RecordFault NotAnObject(string name, JsonTokenType found, bool holdsReferences) =>
        new(holdsReferences ? FailureKinds.BadReference : FailureKinds.WrongTypeField, $"'{name}' is {Named(found)}, not an object.");

    public static RecordFault BadReference(string path, JsonTokenType found) =>
        new(FailureKinds.BadReference, $"'{path}' is {Named(found)}, not a reference (an object with a uri).");

    public static RecordFault BadReference(string path, string uri) =>
        new(FailureKinds.BadReference, $"'{path}' does not name a record (at://did/collection/rkey): '{Quoted(uri)}'.");

    public static RecordFault BadDate(string path, string text) => new(
        FailureKinds.BadDate,
        $"'{path}' is '{Quoted(text)}', not a date and time with a time zone (RFC 3339) between the years 1 and 9999.");

    public static RecordFault TooLong(string path, int most) => new(FailureKinds.TooLarge, $"'{path}' has more than {most} characters.");

    /// <summary>What was found, in words.</summary>
    public static string Named(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a boolean",
        _ => "null",
    };

    static string Expected(FieldKind kind) => kind switch
    {
        FieldKind.Integer => "a whole number of 64 bits",
        FieldKind.TextList => "an array of strings",
        FieldKind.Date => "a date and time",
        _ => "a string",
    };

    // What a stranger wrote, in a message for an operator: not all of it.
    static string Quoted(string text)
    {
        if (text.Length <= MostQuoted)
            return text;

        var end = char.IsHighSurrogate(text[MostQuoted - 1]) ? MostQuoted - 1 : MostQuoted;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}
