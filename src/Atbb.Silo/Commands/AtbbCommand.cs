using System.CommandLine;

namespace Atbb.Silo.Commands;

/// <summary><c>atbb</c>: every command, by name.</summary>
static class AtbbCommand
{
    /// <summary>Reads a command line. A word that begins with @ is one like any other: a handle, and no file of more words.</summary>
    public static ParseResult Parse(IReadOnlyList<string> args) => Create().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });

    public static RootCommand Create()
    {
        var root = new RootCommand("""
            Atbb.Orleans builds the index of an atBB forum from the repositories of its members, and keeps it true.

              atbb demo                                    see it work: no network, no set-up
              atbb backfill --forum DID --dids FILE        one run in the foreground
              atbb serve --forum DID                       the service, with admin HTTP and dashboard
              atbb runs                                    what that service does and did; atbb run ID, atbb errors ID
              atbb doctor --forum DID                      is everything there that it needs?
            """)
        {
            DemoCommand.Create(),
            DemoPdsCommand.Create(),
            BackfillCommand.Create(),
            ServeCommand.Create(),
            StartCommand.Create(),
            RunsCommand.Create(),
            RunCommand.Create(),
            ErrorsCommand.Create(),
            RetryCommand.Create(),
            ChangeCommand.Create("pause", "Stops a run within a page of each repository. It stays stopped, also over restarts."),
            ChangeCommand.Create("resume", "Goes on with a paused run."),
            ChangeCommand.Create("cancel", "Ends a run within a page of each repository. What it has indexed stays."),
            RepoCommand.Create(),
            SyncCommand.Create(),
            DoctorCommand.Create(),
            HealthCommand.Create(),
            CompletionCommand.Create(),
        };
        // By itself it does nothing, and says what it could do. It is a wrong command line all the same: a script that lost its command shall not go on.
        root.SetAction(async (line, cancellationToken) =>
        {
            await root.Parse("--help").InvokeAsync(line.InvocationConfiguration, cancellationToken);
            return ExitCode.BadConfiguration;
        });
        return root;
    }
}
