namespace Atbb.Grains.Runs;

/// <summary>What goes wrong in a run, wherever it is met: with a repository or with a relay.</summary>
sealed class RunTrouble
{
    volatile string? last;
    volatile string? lasting;

    /// <summary>The last thing that went wrong, in an operator's words; null while nothing has. For those who watch.</summary>
    public string? Last => last;

    /// <summary>The last thing that was given up; null while nothing has been. What a run that completes has to show for an error.</summary>
    public string? Lasting => lasting;

    /// <summary>Notes what may pass: it is tried again.</summary>
    public void Note(string what) => last = what;

    /// <summary>Notes what is given up for this run.</summary>
    public void NoteLasting(string what) => last = lasting = what;
}
