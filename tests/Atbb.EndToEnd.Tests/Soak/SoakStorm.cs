using Atbb.EndToEnd.Tests.Processes;

namespace Atbb.EndToEnd.Tests.Soak;

/// <summary>One run through faults and changes, with the process, its database, its PDSes and its clock struck at random moments.</summary>
sealed class SoakStorm(SoakWorld world, SoakSize size, AtbbSite site, SoakClock clock, IndexAddress database, SoakFigures figures, string context, bool byHand)
{
    // Database or silo could not be started: a connection was ended while they were. The process is started again, as its supervisor would.
    const int NotStarted = 3;

    // A process that never starts is not the weather's fault.
    const int MostUnstarted = 10;

    // Every storm begins with these: a run that luck left alone would pass and show nothing.
    readonly Queue<Strike> first = new([.. byHand ? [Strike.ReadNow] : Array.Empty<Strike>(), Strike.Process, Strike.Database]);

    int unstarted;

    enum Strike { Process, Database, Pds, Clock, Pause, Stop, ReadNow }

    // As far as a clock is set ahead of the machine's, or behind: two days.
    const int DaysOfMinutes = 2 * 24 * 60;

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    /// <summary>Runs it to its end: by a command that is given again after each kill, or by a service that goes on by itself.</summary>
    public async Task<RunFigures> RunAsync(string type, bool served)
    {
        figures.Count(served ? "storms served" : "storms in the foreground");
        world.SetStormy(true);
        try
        {
            return served ? await ServedAsync(type) : await InTheForegroundAsync(type);
        }
        finally
        {
            world.SetStormy(false);
        }
    }

    async Task<RunFigures> InTheForegroundAsync(string type)
    {
        while (true)
        {
            await using var atbb = site.Backfill(type, world.Dids);
            if (await SurvivesAsync(atbb, atbb.Ended, served: null))
                return atbb.Figures();
        }
    }

    // Asked for once: whatever is killed, nobody asks for the run again.
    async Task<RunFigures> ServedAsync(string type)
    {
        long? asked = null;
        while (true)
        {
            await using var atbb = site.Serve();
            using var served = new ServedRun(site, atbb, type, [.. world.Dids], asked);
            var ends = served.EndAsync(Ends);
            var run = await SurvivesAsync(atbb, ends, served) ? await ends : null;
            await served.StopAsync();
            if (run is not null)
                return run;
            asked = served.RunId;
        }
    }

    /// <summary>Strikes at random until the run is over, or the process is.</summary>
    /// <returns>Whether the run is over; if not, the process was killed, or did not come up.</returns>
    async Task<bool> SurvivesAsync(AtbbProcess atbb, Task over, ServedRun? served)
    {
        while (true)
        {
            var strikes = world.RequestsAsync(1 + world.Next(2 * size.Spacing));
            await Task.WhenAny(strikes, over, atbb.Ended).WaitAsync(AtbbProcess.Patience, Ends);
            if (atbb.HasEnded)
                break;
            if (over.IsCompleted)
                return true;
            switch (first.TryDequeue(out var strike) ? strike : Draw())
            {
                case Strike.Process:
                    figures.Count("struck: process killed");
                    await atbb.KillAsync();
                    return false;
                case Strike.Database:
                    figures.Count("struck: database");
                    await SoakDatabase.DisturbAsync(database, Ends);
                    break;
                case Strike.Clock:
                    figures.Count("struck: clock set");
                    clock.Set(TimeSpan.FromMinutes(world.Next(2 * DaysOfMinutes) - DaysOfMinutes));
                    break;
                case Strike.Stop:
                    figures.Count("struck: process stood still");
                    // It may have ended by itself meanwhile.
                    if (await atbb.TrySignalAsync("STOP"))
                    {
                        await Task.Delay(TimeSpan.FromMilliseconds(world.Next(2_500)), Ends);
                        // One that had ended and was not yet taken note of could be stopped all the same.
                        await atbb.TrySignalAsync("CONT");
                    }

                    break;
                case Strike.Pause:
                    // A command has nobody to ask it.
                    if (served is not null && await served.PauseAsync(TimeSpan.FromMilliseconds(world.Next(500)), Ends))
                        figures.Count("struck: paused and resumed by its operator");
                    break;
                case Strike.ReadNow:
                    // What is read by hand is of no run, so nobody could say what the runs' counters have to come to.
                    if (served is null || !byHand)
                        break;
                    figures.Count("struck: repository read by hand");
                    var account = world.Accounts[world.Next(world.Accounts.Count)];
                    world.ReadByHand.Add(account.Did);
                    served.ReadNow(account.Did);
                    break;
                default:
                    figures.Count("struck: PDS stopped and started");
                    var host = world.Hosts[world.Next(world.Hosts.Count)];
                    await host.StopListeningAsync();
                    await Task.Delay(TimeSpan.FromMilliseconds(world.Next(500)), Ends);
                    await host.ListenAgainAsync();
                    break;
            }
        }

        var code = await atbb.ExitAsync();
        if (code is NotStarted && ++unstarted < MostUnstarted)
        {
            figures.Count("struck: database, while the process started");
            return false;
        }

        Assert.True(code == 0, $"{context}\n{atbb}");
        return true;
    }

    Strike Draw() => world.Next(18) switch
    {
        < 5 => Strike.Process,
        < 8 => Strike.Database,
        < 10 => Strike.Pds,
        < 12 => Strike.Clock,
        < 14 => Strike.Pause,
        < 16 => Strike.ReadNow,
        _ => Strike.Stop,
    };
}
