using Microsoft.Extensions.Logging.Console;

namespace Atbb.Silo.Hosting;

/// <summary>What is worth a line in the log, unless configured otherwise.</summary>
static class LoggingDefaults
{
    const string Time = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>Our own events, and of the frameworks below what is wrong.</summary>
    public static ILoggingBuilder AddAtbbDefaults(this ILoggingBuilder logging, LogLevel own = LogLevel.Information)
    {
        // Where none is named the framework takes this one as well, and gives it the older options, which have no time, over its own.
        logging.Services.PostConfigure<ConsoleLoggerOptions>(static options => options.FormatterName ??= ConsoleFormatterNames.Simple);
        logging.Services.PostConfigure<SimpleConsoleFormatterOptions>(static options => SetTime(options, Time + " "));
        logging.Services.PostConfigure<JsonConsoleFormatterOptions>(static options => SetTime(options, Time));
        // Standard error alone: for a debugger and an event source the framework would make and filter each of some 300 loggers, too, at every start.
        logging.ClearProviders();
        // Standard output belongs to what a command has to say.
        return logging.AddFilters(own).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    // The framework's own lines have no time at all. After the configuration, whose format stands.
    static void SetTime(ConsoleFormatterOptions options, string format)
    {
        if (options.TimestampFormat is null)
            (options.TimestampFormat, options.UseUtcTimestamp) = (format, true);
    }

    static ILoggingBuilder AddFilters(this ILoggingBuilder logging, LogLevel own) => logging
        .AddFilter((string?)null, LogLevel.Warning)
        // It recommends another garbage collector, and takes a virtual machine's pauses for dead locks.
        .AddFilter("Orleans.Runtime.Silo", LogLevel.Error)
        .AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error)
        // Pages of stacks for every attempt while the database is away, which backfill.database_outage says in one line. What fails goes on to its caller.
        .AddFilter("Orleans.Storage.AdoNetGrainStorage", LogLevel.None)
        // Likewise for every call to a silo that is lost and not yet dead. Our own events say what has waited, and for whom.
        .AddFilter("Polly", LogLevel.Error)
        // It writes the stack of a failed start, an error, before the sentence that says what to do; the exception itself goes on to whoever started. That a
        // failed background service ends the process is critical, and said by nobody else.
        .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical)
        .AddFilter("Atbb", own)
        .AddFilter("Microsoft.Hosting.Lifetime", own);
}
