namespace Atbb.AtProto.Politeness;

/// <summary>What a request waits for, or is turned away by, before it is sent.</summary>
enum WaitCause
{
    /// <summary>The host's pace: requests per second.</summary>
    Pace,

    /// <summary>A pause that the host has asked for.</summary>
    Pause,

    /// <summary>A place among the requests under way.</summary>
    Place,

    /// <summary>The host does not answer.</summary>
    Silence,

    /// <summary>The host has never answered yet, and another request is trying it.</summary>
    Trial,
}
