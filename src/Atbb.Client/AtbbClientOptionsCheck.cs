using Atbb.Client.Connecting;
using Atbb.Indexing.Databases;
using Microsoft.Extensions.Options;

namespace Atbb.Client;

/// <summary>Every fault of the options at once, each with its name.</summary>
sealed class AtbbClientOptionsCheck : IValidateOptions<AtbbClientOptions>
{
    public ValidateOptionsResult Validate(string? name, AtbbClientOptions options)
    {
        var faults = FindFaults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    /// <summary>The faults of options.</summary>
    public static IEnumerable<string> FindFaults(AtbbClientOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.ForumDid))
            yield return $"{nameof(options.ForumDid)}: is missing. It is the DID of the account that owns the forum, such as did:plc:abc….";
        else if (!IsDid(options.ForumDid))
            yield return $"{nameof(options.ForumDid)}: '{options.ForumDid}' is not a DID (did:method:id).";

        if (DatabaseFault(options.Database) is { } fault)
            yield return $"{nameof(options.Database)}: {fault}";
        if (Gateway.TryRead(options.Gateway) is null)
            yield return $"{nameof(options.Gateway)}: '{options.Gateway}' is not an IP address or a host's name with a port, such as 127.0.0.1:30000.";
        if (string.IsNullOrWhiteSpace(options.ClusterId))
            yield return $"{nameof(options.ClusterId)}: is empty.";
        // A slice is given five minutes more, and Polly takes no time below 10 ms or above a day.
        if (options.Patience < TimeSpan.FromMilliseconds(10) || options.Patience > TimeSpan.FromHours(23))
            yield return $"{nameof(options.Patience)}: {options.Patience} is not between 10 ms and 23 hours.";
    }

    // Its parts only: whether there is such an account is the service's to know.
    public static bool IsDid(string text) =>
        text.Split(':', 3) is ["did", { Length: > 0 }, { Length: > 0 }] && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c));

    static string? DatabaseFault(string? database)
    {
        try
        {
            return database is not null && PostgresAddress.TryRead(database.Trim()) is null && database.Contains("://", StringComparison.Ordinal)
                ? "is neither a postgresql:// URL nor an Npgsql connection string nor the path of a SQLite file."
                : null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }
}
