namespace Atbb.AtProto.Politeness;

/// <summary>What a request has got from its host's gate.</summary>
/// <param name="Place">Where its place among the requests under way is to be given back; null where places are not counted.</param>
/// <param name="SentAt">When it has come through, by the gate's clock.</param>
/// <param name="Refusal">Null when the turn has come; otherwise why it has not.</param>
readonly record struct HostTurn(HostPlaces? Place, TimeSpan SentAt, HostRefusal? Refusal)
{
    public static HostTurn TooLate(TimeSpan comeBackIn, WaitCause cause) => new(null, TimeSpan.Zero, new HostRefusal(comeBackIn, IsFailure: false, cause));

    public static HostTurn Refused(HostRefusal refusal) => new(null, TimeSpan.Zero, refusal);
}
