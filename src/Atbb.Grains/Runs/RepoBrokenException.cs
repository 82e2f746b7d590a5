namespace Atbb.Grains.Runs;

/// <summary>A repository's grain met a bug in this code. Ends the run: it would meet the same bug in the next repository.</summary>
sealed class RepoBrokenException(string did, Exception inner)
    : Exception($"A programming error was met while {did} was read: {inner.GetType().Name}: {inner.Message}", inner);
