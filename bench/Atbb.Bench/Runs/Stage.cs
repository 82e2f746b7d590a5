namespace Atbb.Bench.Runs;

/// <summary>What a program does with its processor time, told by the names on its stack.</summary>
static class Stage
{
    const string Switching = "switching threads, waiting for work";
    const string Compiling = "compiling";
    const string Runtime = "the runtime's own threads: garbage collection";
    const string Sockets = "HTTP: sockets";
    const string Other = "anything else";

    // What stands deepest decides: a page is decoded within a grain's call. In this order where one name has several.
    static readonly (string Name, string Stage)[] Names =
    [
        ("Npgsql", "SQL: the database's driver"),
        ("Sqlite", "SQL: the database's driver"),
        ("PostgresWriter", "SQL: laying rows out"),
        ("PostgresCopy", "SQL: laying rows out"),
        ("PostgresBatch", "SQL: laying rows out"),
        ("GroupWriter", "SQL: laying rows out"),
        ("WritePlanner", "planning what to write"),
        ("BatchDiff", "planning what to write"),
        ("ReadRequest", "planning what to write"),
        ("TableWrite", "planning what to write"),
        ("Atbb.Indexing.Collections", "mapping records to rows"),
        ("PendingBatch", "mapping records to rows"),
        ("Atbb.AtProto.Repo", "decoding pages"),
        ("System.Net.Sockets", Sockets),
        ("Polly", "HTTP: the client"),
        ("System.Net.", "HTTP: the client"),
        ("Atbb.AtProto", "HTTP: the client"),
        ("Microsoft.Extensions.Http", "HTTP: the client"),
        ("Atbb.Grains", "grains: ours"),
        ("Orleans", "grains: Orleans"),
    ];

    static readonly string[] Switches = ["schedule", "finish_task_switch", "futex", "sched_yield"];

    /// <summary>The stage of one sample.</summary>
    /// <param name="frames">Its stack as <c>perf script</c> shows it, innermost first: address, name and, in brackets, the file.</param>
    public static string Of(IReadOnlyList<string> frames)
    {
        if (frames.Any(frame => Switches.Any(name => frame.Contains(name, StringComparison.Ordinal))))
            return Switching;
        if (frames.Any(frame => frame.Contains("libclrjit", StringComparison.Ordinal)))
            return Compiling;

        var isManaged = false;
        var socket = false;
        foreach (var frame in frames)
        {
            isManaged |= frame.Contains("perf-", StringComparison.Ordinal);
            foreach (var (name, stage) in Names)
            {
                if (!frame.Contains(name, StringComparison.Ordinal))
                    continue;
                if (stage != Sockets)
                    return stage;
                // The thread that hands out what sockets have received runs, further in, what waited for it.
                socket = true;
                break;
            }
        }

        return socket ? Sockets : isManaged ? Other : Runtime;
    }
}
