namespace Atbb.AtProto.Politeness;

/// <summary>Why a request is not sent to its host now.</summary>
/// <param name="ComeBackIn">When to try again.</param>
/// <param name="IsFailure">Whether the host is known not to answer: the request has failed. Otherwise its turn has not come.</param>
/// <param name="Cause">What keeps it back.</param>
readonly record struct HostRefusal(TimeSpan ComeBackIn, bool IsFailure, WaitCause Cause = WaitCause.Silence);
