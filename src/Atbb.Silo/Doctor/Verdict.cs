namespace Atbb.Silo.Doctor;

/// <summary>How something stands.</summary>
enum Verdict
{
    /// <summary>As it should.</summary>
    Ok,

    /// <summary>It works, and may one day not.</summary>
    Warning,

    /// <summary>It does not work, or will lose something.</summary>
    Problem,
}
