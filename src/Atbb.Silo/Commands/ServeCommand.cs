using System.CommandLine;
using System.Runtime.InteropServices;
using Atbb.Silo.Configuration;
using Atbb.Silo.Hosting;

namespace Atbb.Silo.Commands;

/// <summary><c>atbb serve</c>: the service.</summary>
static class ServeCommand
{
    public static Command Create()
    {
        var common = new CommonOptions();
        var command = new Command("serve", """
            Runs the service: the silo, the admin HTTP, the dashboard.

            An unfinished run goes on at once; otherwise a run is started if one is needed (Atbb:Backfill:OnStartup).
            With PostgreSQL any number of processes form one cluster; with SQLite there is one.

              atbb serve --forum did:plc:abc…
              FORUM_DID=did:plc:abc… DATABASE_URL=postgresql://… atbb serve
              curl -X POST http://127.0.0.1:5080/api/admin/backfill?force=full_sync
            """);
        common.AddTo(command);
        command.SetAction(async (line, cancellationToken) => await RunAsync(SettingsLoader.Load(common.Read(line)), cancellationToken));
        return command;
    }

    static async Task<int> RunAsync(AtbbSettings settings, CancellationToken cancellationToken)
    {
        // The host does not say what has ended it. Whoever keeps the process must be told whether to start it again.
        // Never disposed: a signal may still be under way to it when all is over.
        var asked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Before anything is said: whoever reads it may end the process by it, and the host heeds no signal before it starts.
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Ask);

        var app = WebHosting.Build(settings);
        StartLog.WriteWarnings(app.Services, settings);
        StartLog.WriteGateway(app.Services);
        var lifetime = app.Lifetime;
        try
        {
            await HostLife.StartAsync(app, asked.Token);
        }
        catch (Exception e) when ((asked.IsCancellationRequested || lifetime.ApplicationStopping.IsCancellationRequested) && IsCutShort(e))
        {
            // Asked to end before it was up: nothing has failed.
            return ExitCode.Completed;
        }

        await using var stopped = lifetime.ApplicationStopping.Register(() => stopping.TrySetResult());
        await stopping.Task;
        await HostLife.EndAsync(app);
        return asked.IsCancellationRequested ? ExitCode.Completed : ExitCode.Replaced;

        // Not by the host's word alone: whoever asks a database that is silent is cancelled before it comes here, and lets the host wait.
        void Ask(PosixSignalContext context)
        {
            context.Cancel = true;
            // What is cancelled by it runs elsewhere, and holds up neither this nor the end.
            _ = asked.CancelAsync();
            stopping.TrySetResult();
        }
    }

    static bool IsCutShort(Exception error) => error switch
    {
        OperationCanceledException or OrleansLifecycleCanceledException => true,
        AggregateException several => several.InnerExceptions.All(IsCutShort),
        _ => false,
    };
}
