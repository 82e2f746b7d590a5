using System.Text.RegularExpressions;

namespace Atbb.Bench.Runs;

/// <summary>What a program does with its processor time, told by the names on its stack.</summary>
static partial class Stage
{
    const string Switching = "switching threads, waiting for work";
    const string Compiling = "compiling";
    const string Runtime = "the runtime's own threads: garbage collection";
    const string Sockets = "HTTP: sockets";
    const string Other = "anything else";

    // By the beginning of a type's name; the first that fits.
    static readonly (string Begins, string Stage)[] Types =
    [
        ("Atbb.Indexing.Batches.Postgres", "SQL: laying rows out"),
        ("Atbb.Indexing.Batches.Sqlite", "SQL: laying rows out"),
        ("Atbb.Indexing.Batches.GroupWriter", "SQL: laying rows out"),
        ("Atbb.Indexing.Batches.WritePlan", "planning what to write"),
        ("Atbb.Indexing.Batches.BatchDiff", "planning what to write"),
        ("Atbb.Indexing.Batches.ReadRequest", "planning what to write"),
        ("Atbb.Indexing.Batches.TableWrite", "planning what to write"),
        ("Atbb.Indexing.Batches.PendingBatch", "mapping records to rows"),
        ("Atbb.Indexing.Collections", "mapping records to rows"),
        ("Atbb.AtProto.Repo", "decoding pages"),
        ("Atbb.AtProto", "HTTP: the client"),
        ("Atbb.Grains", "grains: ours"),
        ("Npgsql", "SQL: the database's driver"),
        ("Microsoft.Data.Sqlite", "SQL: the database's driver"),
        ("SQLitePCL", "SQL: the database's driver"),
        ("Orleans", "grains: Orleans"),
        ("System.Net.Sockets", Sockets),
        ("System.Net", "HTTP: the client"),
        ("Microsoft.Extensions.Http", "HTTP: the client"),
        ("Polly", "HTTP: the client"),
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

        var found = Runtime;
        foreach (var frame in frames)
        {
            if (OwnType().Match(frame) is not { Success: true, Groups: [_, var type] })
                continue;

            var stage = Array.Find(Types, known => type.ValueSpan.StartsWith(known.Begins, StringComparison.Ordinal)).Stage;
            // What stands deepest decides: a page is decoded within a grain's call. But the thread that hands out what sockets have received runs, further in,
            // what has waited for it.
            if (stage is not null and not Sockets)
                return stage;
            found = stage ?? (found is Runtime ? Other : found);
        }

        return found;
    }

    // "instance class [System.Runtime]System.Threading.Tasks.Task`1<…> [Atbb.Grains] Atbb.Grains.Repos.UserRepoGrain::ReadAsync(…)": the assembly that a method is in, and no
    // other, stands apart from the type.
    [GeneratedRegex(@"\] ([^\s:]+)::")]
    private static partial Regex OwnType();
}
