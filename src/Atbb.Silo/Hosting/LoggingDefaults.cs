namespace Atbb.Silo.Hosting;

/// <summary>What is worth a line in the log, unless configured otherwise.</summary>
static class LoggingDefaults
{
    /// <summary>Our own events, and of the frameworks below what is wrong.</summary>
    public static ILoggingBuilder AddAtbbDefaults(this ILoggingBuilder logging, LogLevel own = LogLevel.Information) => logging
        .AddFilter((string?)null, LogLevel.Warning)
        // It recommends another garbage collector, and takes a virtual machine's pauses for dead locks.
        .AddFilter("Orleans.Runtime.Silo", LogLevel.Error)
        .AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error)
        // Pages of stacks for every attempt while the database is away, which backfill.database_outage says in one line. What fails goes on to its caller.
        .AddFilter("Orleans.Storage.AdoNetGrainStorage", LogLevel.None)
        // It writes the stack of a failed start before the sentence that says what to do. The exception itself goes on to whoever started.
        .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None)
        .AddFilter("Atbb", own)
        .AddFilter("Microsoft.Hosting.Lifetime", own)
        // Standard output belongs to what a command has to say.
        .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
}
