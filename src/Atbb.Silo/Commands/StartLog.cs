namespace Atbb.Silo.Commands;

/// <summary>What is said before anything runs.</summary>
static partial class StartLog
{
    [LoggerMessage(320, LogLevel.Warning, "silo.unsafe_setting: {Warning}", EventName = "silo.unsafe_setting")]
    public static partial void Warning(ILogger logger, string warning);
}
