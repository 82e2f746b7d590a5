namespace Atbb.AtProto.Politeness;

/// <summary>Pauses that this process has not been asked for itself.</summary>
public interface IHostPauses
{
    /// <summary>Asks a host nothing for a while, as if it had answered 429 here. Never shortens a pause.</summary>
    /// <param name="host">The host's origin.</param>
    /// <param name="length">How long; cut at the longest pause that is allowed.</param>
    void Hold(Uri host, TimeSpan length);
}
