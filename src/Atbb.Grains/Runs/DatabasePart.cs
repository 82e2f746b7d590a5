namespace Atbb.Grains.Runs;

/// <summary>What can be away by itself: on SQLite they are two files.</summary>
enum DatabasePart
{
    /// <summary>The index, with the rows of runs.</summary>
    Index,

    /// <summary>The state of runs and their reminders, in Orleans's own tables.</summary>
    RunState,
}
