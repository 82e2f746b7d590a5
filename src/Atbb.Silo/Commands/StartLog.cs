using Atbb.Silo.Configuration;

namespace Atbb.Silo.Commands;

/// <summary>What is said before anything runs.</summary>
static partial class StartLog
{
    /// <summary>Warns of what is allowed, but not for a service on the open network.</summary>
    public static void WriteWarnings(IServiceProvider services, AtbbSettings settings)
    {
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Atbb.Silo");
        foreach (var warning in SettingsCheck.FindWarnings(settings))
            Warning(logger, warning);
    }

    [LoggerMessage(320, LogLevel.Warning, "silo.unsafe_setting: {Warning}", EventName = "silo.unsafe_setting")]
    static partial void Warning(ILogger logger, string warning);
}
