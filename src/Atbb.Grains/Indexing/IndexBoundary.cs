using Atbb.Grains.Interfaces;
using Atbb.Indexing.Databases;
using Microsoft.Extensions.Logging;

namespace Atbb.Grains.Indexing;

/// <summary>Where a grain asks the index for a caller: what the database throws has no codec and does not cross to the caller as it is.</summary>
sealed partial class IndexBoundary(ILogger<IndexBoundary> logger)
{
    /// <summary>Does something for a caller.</summary>
    /// <exception cref="IndexUnreachableException">The database did not do it.</exception>
    public Task TranslateAsync(Func<Task> act) => TranslateAsync(async () =>
    {
        await act();
        return true;
    });

    /// <inheritdoc cref="TranslateAsync(Func{Task})"/>
    public async Task<T> TranslateAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (IndexOutage.Is(e))
        {
            throw new IndexUnreachableException(e.Message);
        }
        catch (Exception e) when (IndexDatabase.FaultOfStatement(e) is not null)
        {
            throw Refused(e);
        }
    }

    /// <summary>A refused statement as it may cross to a caller, its stack left in the log.</summary>
    public InvalidOperationException Refused(Exception error)
    {
        var reason = IndexOutage.ReasonOf(error);
        LogRefused(error, reason);
        return new InvalidOperationException(reason);
    }

    [LoggerMessage(251, LogLevel.Error, "index.statement_refused: what was asked for is not done, and asking again does not help; report it with this stack: {Reason}", EventName = "index.statement_refused")]
    partial void LogRefused(Exception exception, string reason);
}
