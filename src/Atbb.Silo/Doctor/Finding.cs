namespace Atbb.Silo.Doctor;

/// <summary>One thing that was looked at.</summary>
/// <param name="Check">What it belongs to: <c>database</c>, <c>clock</c>, <c>plc</c>, <c>relay</c>, <c>forum</c>, <c>cluster</c>, <c>ports</c>.</param>
/// <param name="Verdict">How it stands.</param>
/// <param name="Message">What was found, as a sentence.</param>
/// <param name="Advice">What to do about it; null where nothing is to be done.</param>
sealed record Finding(string Check, Verdict Verdict, string Message, string? Advice = null)
{
    public static Finding Ok(string check, string message) => new(check, Verdict.Ok, message);

    public static Finding Warning(string check, string message, string advice) => new(check, Verdict.Warning, message, advice);

    public static Finding Problem(string check, string message, string advice) => new(check, Verdict.Problem, message, advice);
}
