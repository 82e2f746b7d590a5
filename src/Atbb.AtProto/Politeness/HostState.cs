namespace Atbb.AtProto.Politeness;

/// <summary>How it stands with one host, as far as this process knows.</summary>
/// <param name="Host">Its name, with the port if it is not that of its scheme.</param>
/// <param name="UnderWay">Requests that were sent and are not over.</param>
/// <param name="Waiting">Requests that wait for their turn.</param>
/// <param name="Recent">Requests sent within the last minute, to ten seconds.</param>
/// <param name="AllowanceLeft">What the host has last said is left of its allowance, while that window lasts; null when it says nothing.</param>
/// <param name="RestsFor">How long it is asked nothing: it has asked for a pause, or has left requests unanswered.</param>
public readonly record struct HostState(string Host, int UnderWay, int Waiting, int Recent, long? AllowanceLeft, TimeSpan RestsFor);
