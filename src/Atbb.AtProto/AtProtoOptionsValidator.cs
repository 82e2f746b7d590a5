using System.Globalization;
using Atbb.AtProto.Network;
using Atbb.AtProto.Politeness;
using Microsoft.Extensions.Options;

namespace Atbb.AtProto;

/// <summary>Names every fault at once: an operator mends a configuration in one go.</summary>
sealed class AtProtoOptionsValidator : IValidateOptions<AtProtoOptions>
{
    // Below, no host answers in time; above, one request could hold its place for as long as a whole repository may take.
    static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(10);
    static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, AtProtoOptions options)
    {
        var faults = FindFaults(options);
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    public static List<string> FindFaults(AtProtoOptions options)
    {
        var faults = new List<string>();
        if (options.PlcDirectory is not { IsAbsoluteUri: true, PathAndQuery: "/", Fragment: "", UserInfo: "" } directory)
            faults.Add($"PlcDirectory: '{options.PlcDirectory}' is not an origin such as https://plc.directory.");
        else if (directory.Scheme != Uri.UriSchemeHttps && !(directory.Scheme == Uri.UriSchemeHttp && options.Network.AllowPrivateAddresses))
            faults.Add($"PlcDirectory: '{directory}' is not https; http is for Network:AllowPrivateAddresses=true.");
        AtLeast(faults, nameof(options.DidCacheSize), options.DidCacheSize, 0);
        AtLeast(faults, nameof(options.HostsOnTrial), options.HostsOnTrial, 1);
        CheckNetwork(faults, options.Network);
        CheckPoliteness(faults, nameof(options.Politeness), options.Politeness);
        CheckPoliteness(faults, nameof(options.PlcPoliteness), options.PlcPoliteness);
        return faults;
    }

    static void CheckNetwork(List<string> faults, NetworkOptions network)
    {
        const string Section = nameof(AtProtoOptions.Network);
        Timeout(faults, $"{Section}:{nameof(network.ConnectTimeout)}", network.ConnectTimeout);
        Timeout(faults, $"{Section}:{nameof(network.RequestTimeout)}", network.RequestTimeout);
        Timeout(faults, $"{Section}:{nameof(network.TotalTimeout)}", network.TotalTimeout);
        if (network.TotalTimeout < network.RequestTimeout)
            faults.Add($"{Section}:{nameof(network.TotalTimeout)}: {network.TotalTimeout} is less than {nameof(network.RequestTimeout)}.");
        AtLeast(faults, $"{Section}:{nameof(network.MaxRetries)}", network.MaxRetries, 0);
        NotNegative(faults, $"{Section}:{nameof(network.RetryDelay)}", network.RetryDelay);
        AtLeast(faults, $"{Section}:{nameof(network.MaxResponseBytes)}", network.MaxResponseBytes, 1);
        if (network.MaxResponseBytes == int.MaxValue)
            faults.Add($"{Section}:{nameof(network.MaxResponseBytes)}: {network.MaxResponseBytes} is more than fits a buffer.");
        AtLeast(faults, $"{Section}:{nameof(network.MaxConnectionsPerServer)}", network.MaxConnectionsPerServer ?? 1, 1);
    }

    static void CheckPoliteness(List<string> faults, string section, PolitenessOptions politeness)
    {
        // Below one in an hour a request could not be sent within any wait; not-a-number fails here too.
        if (politeness.RequestsPerSecond != 0 && politeness.RequestsPerSecond is not (>= 1.0 / 3600 and <= 1_000_000))
        {
            var value = politeness.RequestsPerSecond.ToString(CultureInfo.InvariantCulture);
            faults.Add($"{section}:{nameof(politeness.RequestsPerSecond)}: {value} is neither 0 (no limit) nor between 1/3600 and 1,000,000.");
        }

        AtLeast(faults, $"{section}:{nameof(politeness.ConcurrentRequests)}", politeness.ConcurrentRequests ?? 0, 0);
        NotNegative(faults, $"{section}:{nameof(politeness.MaxWait)}", politeness.MaxWait);
        NotNegative(faults, $"{section}:{nameof(politeness.FirstWait)}", politeness.FirstWait);
        NotNegative(faults, $"{section}:{nameof(politeness.DefaultPause)}", politeness.DefaultPause);
        NotNegative(faults, $"{section}:{nameof(politeness.MaxPause)}", politeness.MaxPause);
        Timeout(faults, $"{section}:{nameof(politeness.MaxRefusal)}", politeness.MaxRefusal);
    }

    static void AtLeast(List<string> faults, string key, int value, int least)
    {
        if (value < least)
            faults.Add($"{key}: {value} is less than {least}.");
    }

    static void NotNegative(List<string> faults, string key, TimeSpan value)
    {
        if (value < TimeSpan.Zero || value > LongestTimeout)
            faults.Add($"{key}: {value} is not between 0 and {LongestTimeout}.");
    }

    static void Timeout(List<string> faults, string key, TimeSpan value)
    {
        if (value < ShortestTimeout || value > LongestTimeout)
            faults.Add($"{key}: {value} is not between {ShortestTimeout} and {LongestTimeout}.");
    }
}
