namespace Atbb.Grains.Runs;

/// <summary>The last thing that went wrong in a run, wherever it was met: with a repository or with a relay.</summary>
sealed class RunTrouble
{
    volatile string? last;

    /// <summary>In an operator's words; null while nothing has.</summary>
    public string? Last => last;

    /// <summary>Notes it.</summary>
    public void Note(string what) => last = what;
}
