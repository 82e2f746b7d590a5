using Atbb.Bench.Runs;

namespace Atbb.EndToEnd.Tests;

/// <summary>By which names on a stack the benchmark tells what a program was doing. The stacks are as <c>perf script</c> shows them.</summary>
public sealed class BenchStageTests
{
    [Theory]
    // What stands deepest decides.
    [InlineData(
        "decoding pages",
        "7f29c13de281 instance bool [System.Text.Json] System.Text.Json.Utf8JsonReader::Read()[Optimized] (/tmp/perf-92.map)",
        "7f29c1114931 instance void [Atbb.AtProto] Atbb.AtProto.Repo.PageDecoder::Decode() (/tmp/perf-92.map)",
        "7f29c111487f instance void [Atbb.AtProto] Atbb.AtProto.Xrpc.XrpcClient+<SendAsync>d__17::MoveNext() (/tmp/perf-92.map)",
        "7f29c1111ece instance void [Orleans.Runtime] Orleans.Runtime.Scheduler.WorkItemGroup::Execute() (/tmp/perf-92.map)")]
    [InlineData(
        "mapping records to rows",
        "7f29c13de281 string_new (/usr/share/dotnet/libcoreclr.so)",
        "7f29c1114931 instance void [Atbb.Indexing] Atbb.Indexing.Collections.RecordReader::ReadField() (/tmp/perf-92.map)",
        "7f29c111487f instance void [Atbb.Indexing] Atbb.Indexing.Batches.IndexStore+<WriteAsync>d__7::MoveNext() (/tmp/perf-92.map)")]
    // The thread that hands out what a socket has received runs what waited for it.
    [InlineData(
        "SQL: the database's driver",
        "7f29c1114931 instance void [Npgsql] Npgsql.NpgsqlDataReader+<Read>d__48::MoveNext() (/tmp/perf-92.map)",
        "7f29c111487f instance void [System.Net.Sockets] System.Net.Sockets.SocketAsyncEngine::Execute() (/tmp/perf-92.map)")]
    // Neither what a method takes nor what it gives says what it does.
    [InlineData("SQL: laying rows out", "7f29c13de281 instance void [Atbb.Indexing] Atbb.Indexing.Batches.PostgresBatch::Add(string,valuetype System.ReadOnlySpan`1<class [Npgsql]Npgsql.NpgsqlParameter>) (/tmp/perf-92.map)")]
    [InlineData(
        "grains: ours",
        "7f29c13de281 instance class [System.Runtime]System.Threading.Tasks.Task`1<class [Atbb.AtProto]Atbb.AtProto.Repo.RecordPage> [Atbb.Grains] Atbb.Grains.Repos.PageFeed::NextAsync(class [Atbb.Indexing]Atbb.Indexing.Collections.RecordCollection)[Optimized] (/tmp/perf-92.map)")]
    [InlineData("HTTP: sockets", "7f29c111487f instance void [System.Net.Sockets] System.Net.Sockets.SocketAsyncEngine::Execute() (/tmp/perf-92.map)")]
    [InlineData("HTTP: the client", "7f29c111487f instance void [System.Net.Http] System.Net.Http.HttpConnection+<SendAsync>d__57::MoveNext() (/tmp/perf-92.map)")]
    [InlineData("grains: Orleans", "7f29c111487f instance void [Orleans.Runtime] Orleans.Runtime.ActivationData::ReceiveMessage(object) (/tmp/perf-92.map)")]
    [InlineData("grains: ours", "7f29c111487f instance void [Atbb.Grains] Atbb.Grains.Runs.RepoWindow::Fill() (/tmp/perf-92.map)")]
    [InlineData("planning what to write", "7f29c111487f instance void [Atbb.Indexing] Atbb.Indexing.Batches.WritePlanner::Plan() (/tmp/perf-92.map)")]
    [InlineData(
        "switching threads, waiting for work",
        "ffffffff810 finish_task_switch.isra.0 ([kernel.kallsyms])",
        "7f29c111487f instance void [Orleans.Runtime] Orleans.Runtime.ActivationData::ReceiveMessage(object) (/tmp/perf-92.map)")]
    [InlineData(
        "compiling",
        "7f29c13de281 [unknown] (/usr/share/dotnet/libclrjit.so)",
        "7f29c111487f instance void [Npgsql] Npgsql.NpgsqlConnector+<Open>d__1::MoveNext() (/tmp/perf-92.map)")]
    [InlineData("the runtime's own threads: garbage collection", "7f29c13de281 [unknown] (/usr/share/dotnet/libclrgc.so)", "7f29c13de281 start_thread (/usr/lib/libc.so.6)")]
    [InlineData("anything else", "7f29c111487f instance void [System.Private.CoreLib] System.Threading.TimerQueue::FireNextTimers() (/tmp/perf-92.map)")]
    public void Of_StackOfASample_IsWhatStandsDeepest(string stage, params string[] frames) => Assert.Equal(stage, Stage.Of(frames));
}
