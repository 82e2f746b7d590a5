namespace Atbb.Silo.Hosting;

/// <summary>What is worth a line in the log, unless configured otherwise.</summary>
static class LoggingDefaults
{
    /// <summary>Our own events, and of the frameworks below what is wrong.</summary>
    public static ILoggingBuilder AddAtbbDefaults(this ILoggingBuilder logging, LogLevel own = LogLevel.Information) => logging
        .AddFilter((string?)null, LogLevel.Warning)
        .AddFilter("Atbb", own)
        .AddFilter("Microsoft.Hosting.Lifetime", own);
}
