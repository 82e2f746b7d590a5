using System.Text;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Silo.Progress;
using Spectre.Console;

namespace Atbb.Silo.Tests.Progress;

public class TerminalProgressTests
{
    static CancellationToken Ends => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Show_ARun_DrawsItsShareAndItsWordsAsItGoes()
    {
        using var terminal = new Terminal();

        await new TerminalProgress(terminal.Screen).ShowAsync(RunsAsync(), Ends);

        Assert.True(terminal.ShowsItsCursor);

        async IAsyncEnumerable<RunProgress> RunsAsync()
        {
            yield return Run(RunPhase.Forum);
            await terminal.DrawsAsync("0%", "forum · 7 records · 12/s · 0 errors");
            yield return Run() with { DidsDone = 1 };
            await terminal.DrawsAsync("25%", "users 1/4 · 7 records");
            yield return Run() with { DidsDone = 4 };
            await terminal.DrawsAsync("100%", "users 4/4 · 7 records");
        }
    }

    [Fact]
    public async Task Show_ARunThatEnds_LeavesItsLastWordsOnTheScreen()
    {
        using var terminal = new Terminal();

        await new TerminalProgress(terminal.Screen).ShowAsync(RunsAsync(), Ends);

        await terminal.DrawsAsync("100%", "users 3/4 · 7 records");

        static async IAsyncEnumerable<RunProgress> RunsAsync()
        {
            await Task.Yield();
            yield return Run(status: RunStatus.Completed) with { DidsDone = 3 };
        }
    }

    /// <summary>What is no markup must not be taken for it: Spectre throws at a style that it does not know, and the command would end with the run under way.</summary>
    [Fact]
    public async Task Show_AHostInBrackets_IsDrawnAsItIs()
    {
        using var terminal = new Terminal();
        var parked = new ParkedRepo("did:plc:a", "[::1]:2583", "down", 2, new DateTimeOffset(2026, 6, 1, 12, 3, 4, TimeSpan.Zero));

        await new TerminalProgress(terminal.Screen).ShowAsync(RunsAsync(), Ends);

        await terminal.DrawsAsync("1 waiting (next at 12:03:04Z: did:plc:a at [::1]:2583)");

        async IAsyncEnumerable<RunProgress> RunsAsync()
        {
            await Task.Yield();
            yield return Run() with { Deferred = 1, Waiting = [parked] };
        }
    }

    [Fact]
    public async Task Show_Interrupted_EndsAndGivesTheCursorBack()
    {
        using var terminal = new Terminal();
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(Ends);

        var shown = new TerminalProgress(terminal.Screen).ShowAsync(RunsAsync(Ends), interrupt.Token);
        await terminal.DrawsAsync("users 0/4");
        await interrupt.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => shown);
        Assert.True(terminal.ShowsItsCursor);

        static async IAsyncEnumerable<RunProgress> RunsAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            yield return Run();
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        }
    }

    [Fact]
    public async Task SayAndNote_WordsInBrackets_AreWrittenAsTheyAre()
    {
        using var terminal = new Terminal();
        var display = new TerminalProgress(terminal.Screen);

        display.Say("Going on with [run] 7.");
        display.Note("[::1]:2583 is asked no more.");

        await terminal.DrawsAsync("Going on with [run] 7.\n[::1]:2583 is asked no more.\n");
    }

    static RunProgress Run(RunPhase phase = RunPhase.Users, RunStatus status = RunStatus.InProgress) => new()
    {
        RunId = 1,
        Type = RunType.FullSync,
        Status = status,
        Phase = phase,
        DidsTotal = 4,
        Counts = new SyncCounts(7, 0, 0, 0, 0, 0, 0),
        RecordsPerSecond = 12,
        StartedAt = DateTimeOffset.UnixEpoch,
    };

    /// <summary>A terminal of 200 columns without colours: what was written to it, and when it is.</summary>
    sealed class Terminal : StringWriter
    {
        static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

        readonly Lock gate = new();
        readonly List<(string Text, TaskCompletionSource Drawn)> awaited = [];

        public Terminal()
        {
            Screen = AnsiConsole.Create(new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.Yes,
                ColorSystem = ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.Yes,
                Out = new AnsiConsoleOutput(this),
            });
            Screen.Profile.Width = 200;
            NewLine = "\n";
        }

        public IAnsiConsole Screen { get; }

        public override Encoding Encoding => Encoding.UTF8;

        /// <summary>Whether the last that it was told of its cursor is to show it.</summary>
        public bool ShowsItsCursor => Text.LastIndexOf("\u001b[?25h", StringComparison.Ordinal) > Text.LastIndexOf("\u001b[?25l", StringComparison.Ordinal);

        string Text
        {
            get
            {
                lock (gate)
                    return ToString();
            }
        }

        /// <summary>Waits until all of these have been written.</summary>
        public async Task DrawsAsync(params IEnumerable<string> texts)
        {
            foreach (var text in texts)
            {
                var drawn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                lock (gate)
                {
                    awaited.Add((text, drawn));
                    Tell();
                }

                try
                {
                    await drawn.Task.WaitAsync(Patience, Ends);
                }
                catch (TimeoutException)
                {
                    Assert.Fail($"'{text}' was not drawn:\n{Text}");
                }
            }
        }

        public override void Write(char value) => Write([value]);

        public override void Write(string? value) => Write(value.AsSpan());

        public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

        public override void Write(ReadOnlySpan<char> buffer)
        {
            lock (gate)
            {
                GetStringBuilder().Append(buffer);
                Tell();
            }
        }

        void Tell()
        {
            if (awaited.Count == 0)
                return;
            var text = ToString();
            foreach (var (_, drawn) in awaited.Where(wait => text.Contains(wait.Text, StringComparison.Ordinal)))
                drawn.TrySetResult();
        }
    }
}
