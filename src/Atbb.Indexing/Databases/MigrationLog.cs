using DbUp.Engine.Output;
using Microsoft.Extensions.Logging;

namespace Atbb.Indexing.Databases;

/// <summary>Passes DbUp's log on. The caller's errors are thrown, not logged twice.</summary>
sealed partial class MigrationLog(ILogger logger) : IUpgradeLog
{
    public void LogTrace(string format, params object[] args) => LogDebug(format, args);

    public void LogDebug(string format, params object[] args)
    {
        if (!logger.IsEnabled(LogLevel.Trace))
            return;

        var text = Text(format, args);
        Detail(text);
    }

    public void LogInformation(string format, params object[] args)
    {
        if (!logger.IsEnabled(LogLevel.Debug))
            return;

        var text = Text(format, args);
        Step(text);
    }

    public void LogWarning(string format, params object[] args) => Warning(Text(format, args));

    public void LogError(string format, params object[] args) => Failure(Text(format, args), null);

    public void LogError(Exception ex, string format, params object[] args) => Failure(Text(format, args), ex);

    static string Text(string format, object[] args) =>
        args.Length == 0 ? format : string.Format(System.Globalization.CultureInfo.InvariantCulture, format, args);

    [LoggerMessage(Level = LogLevel.Trace, EventName = "index.migration_detail", Message = "index.migration_detail: {Text}")]
    partial void Detail(string text);

    [LoggerMessage(Level = LogLevel.Debug, EventName = "index.migration_step", Message = "index.migration_step: {Text}")]
    partial void Step(string text);

    [LoggerMessage(Level = LogLevel.Warning, EventName = "index.migration_warning", Message = "index.migration_warning: {Text}")]
    partial void Warning(string text);

    [LoggerMessage(Level = LogLevel.Error, EventName = "index.migration_failed", Message = "index.migration_failed: the tables could not be brought up to date, nothing is started; mend what is named and start again: {Text}")]
    partial void Failure(string text, Exception? error);
}
