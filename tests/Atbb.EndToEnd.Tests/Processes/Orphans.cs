using System.Diagnostics;
using System.Globalization;

namespace Atbb.EndToEnd.Tests.Processes;

/// <summary>
/// Ends this test process's children when it ends, however it ends: a shell that is told of each of them reads its standard input, and
/// when that closes it kills those that are left.
/// </summary>
static class Orphans
{
    // A signal to the whole group (Ctrl-C, a time limit) must not end the one who is left to clear up.
    const string Watchdog = """
        trap '' HUP INT TERM
        living=
        while read -r sign pid; do
            case $sign in
                +) living="$living $pid" ;;
                -) left=; for p in $living; do [ "$p" = "$pid" ] || left="$left $p"; done; living=$left ;;
            esac
        done
        [ -z "$living" ] || kill -9 $living
        """;

    static readonly Lock Gate = new();
    static Process? shell;

    /// <summary>A child has been started.</summary>
    public static void Watch(int pid) => Tell('+', pid);

    /// <summary>A child has ended: its number may be another's from now on.</summary>
    public static void Forget(int pid) => Tell('-', pid);

    static void Tell(char sign, int pid)
    {
        lock (Gate)
        {
            shell ??= Process.Start(new ProcessStartInfo("sh", ["-c", Watchdog]) { RedirectStandardInput = true })!;
            shell.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sign} {pid}"));
            shell.StandardInput.Flush();
        }
    }
}
