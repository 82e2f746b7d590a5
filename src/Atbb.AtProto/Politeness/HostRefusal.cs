namespace Atbb.AtProto.Politeness;

/// <summary>Why a request is not sent to its host now.</summary>
/// <param name="ComeBackIn">When to try again.</param>
/// <param name="IsFailure">Whether the host is known to give nothing: the request has failed. Otherwise its turn has not come.</param>
/// <param name="Cause">What keeps it back.</param>
readonly record struct HostRefusal(TimeSpan ComeBackIn, bool IsFailure, WaitCause Cause = WaitCause.Silence)
{
    /// <summary>How long the host has refused everything; zero where that is not the cause.</summary>
    public TimeSpan RefusedFor { get; init; }

    /// <summary>Whether that is so long that nobody should wait for it.</summary>
    public bool IsFinal { get; init; }
}
