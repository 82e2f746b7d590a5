using Atbb.EndToEnd.Tests.Processes;

namespace Atbb.EndToEnd.Tests.Soak;

/// <summary>One run through faults and changes, with the process, its database and its PDSes struck down at random moments.</summary>
sealed class SoakStorm(SoakWorld world, SoakSize size, AtbbSite site, IndexAddress database, SoakFigures figures, string context)
{
    // Database or silo could not be started: a connection was ended while they were. The process is started again, as its supervisor would.
    const int NotStarted = 3;

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    /// <summary>Runs it to its end.</summary>
    public async Task<RunFigures> RunAsync(string type)
    {
        world.SetStormy(true);
        try
        {
            while (true)
            {
                await using var atbb = site.Backfill(type, world.Dids);
                if (await LiveAsync(atbb) is { } run)
                    return run;
            }
        }
        finally
        {
            world.SetStormy(false);
        }
    }

    // Null: it was killed, or did not come up.
    async Task<RunFigures?> LiveAsync(AtbbProcess atbb)
    {
        while (true)
        {
            var strikes = world.RequestsAsync(1 + world.Next(2 * size.Spacing));
            await Task.WhenAny(strikes, atbb.Ended).WaitAsync(AtbbProcess.Patience, Ends);
            if (atbb.HasEnded)
                break;
            switch (world.Next(10))
            {
                case < 5:
                    figures.Count("struck: process killed");
                    await atbb.KillAsync();
                    return null;
                case < 8:
                    figures.Count("struck: database");
                    await SoakDatabase.DisturbAsync(database, Ends);
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
        if (code is NotStarted)
        {
            figures.Count("struck: database, while the process started");
            return null;
        }

        Assert.True(code == 0, $"{context}\n{atbb}");
        return atbb.Figures();
    }
}
