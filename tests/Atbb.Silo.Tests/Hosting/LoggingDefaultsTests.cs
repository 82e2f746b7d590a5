using Atbb.Silo.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Atbb.Silo.Tests.Hosting;

public class LoggingDefaultsTests
{
    const string Utc = @"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z";

    [Theory]
    [InlineData(null, null, $"^{Utc} info: ")]
    [InlineData("simple", null, $"^{Utc} info: ")]
    [InlineData("json", null, $"\"Timestamp\":\"{Utc}\"")]
    [InlineData(null, "'at' HH:mm ", @"^at \d\d:\d\d info: ")]
    [InlineData("json", "'at' HH:mm", @"""Timestamp"":""at \d\d:\d\d""")]
    public void Console_ALine_HasTheTimeInUtcUnlessConfiguredOtherwise(string? formatter, string? format, string pattern)
    {
        var builder = Host.CreateApplicationBuilder(HostArguments.Fixed);
        builder.Configuration.AddInMemoryCollection([new("Logging:Console:FormatterName", formatter), new("Logging:Console:FormatterOptions:TimestampFormat", format)]);
        builder.Logging.AddAtbbDefaults();
        using var services = builder.Services.BuildServiceProvider();
        // Which is what gives the formatter its options.
        services.GetRequiredService<ILoggerFactory>().CreateLogger("Atbb");
        var named = services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName ?? ConsoleFormatterNames.Simple;
        var line = new StringWriter();

        services.GetServices<ConsoleFormatter>().Single(one => one.Name == named)
            .Write(new LogEntry<string>(LogLevel.Information, "Atbb", default, "said", null, static (said, _) => said), null, line);

        Assert.Matches(pattern, line.ToString());
    }

    [Fact]
    public void Providers_OfTheFramework_AreTheConsoleAlone()
    {
        var builder = Host.CreateApplicationBuilder(HostArguments.Fixed);
        builder.Logging.AddAtbbDefaults();
        using var services = builder.Services.BuildServiceProvider();

        Assert.IsType<ConsoleLoggerProvider>(Assert.Single(services.GetServices<ILoggerProvider>()));
    }

    [Theory]
    [InlineData("Atbb.Grains", LogLevel.Information)]
    [InlineData("Orleans.Runtime.Placement", LogLevel.Warning)]
    [InlineData("Polly", LogLevel.Error)]
    [InlineData("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical)]
    public void Filters_OfACategory_LetThroughFromThatLevelOn(string category, LogLevel level)
    {
        using var services = new ServiceCollection().AddLogging(static logging => logging.AddAtbbDefaults()).BuildServiceProvider();
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(category);

        Assert.True(logger.IsEnabled(level));
        Assert.False(logger.IsEnabled(level - 1));
    }
}
