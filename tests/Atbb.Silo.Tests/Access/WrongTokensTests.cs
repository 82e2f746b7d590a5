using System.Net;
using Atbb.Silo.Access;
using Microsoft.Extensions.Logging;

namespace Atbb.Silo.Tests.Access;

/// <summary>From where wrong tokens come, and what the log says of them.</summary>
public sealed class WrongTokensTests : IDisposable
{
    readonly List<(LogLevel Level, string? Event, string Text)> log = [];
    readonly WrongTokens wrong;

    public WrongTokensTests() => wrong = new WrongTokens(new Recorder(log));

    public void Dispose() => wrong.Dispose();

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", false)]
    [InlineData(null, null, true)]
    public void RefusesFor_AnAddress_GoesByWhoeverCanHaveIt(string? from, string? other, bool isRefused)
    {
        for (var i = 0; i < WrongTokens.Allowed; i++)
        {
            Assert.Null(wrong.RefusesFor(Address(from)));
            wrong.Count(Address(from));
        }

        Assert.NotNull(wrong.RefusesFor(Address(from)));
        Assert.Equal(isRefused, wrong.RefusesFor(Address(other)) is not null);
    }

    [Fact]
    public void Count_EachTime_WarnsOfTheAddressAndOnceThatItIsShutOut()
    {
        for (var i = 0; i < WrongTokens.Allowed; i++)
            wrong.Count(IPAddress.Parse("192.0.2.1"));

        Assert.All(log, entry => Assert.Equal(LogLevel.Warning, entry.Level));
        Assert.All(log, entry => Assert.Contains("192.0.2.1", entry.Text, StringComparison.Ordinal));
        Assert.Equal(WrongTokens.Allowed, log.Count(entry => entry.Event is "admin.wrong_token"));
        Assert.Single(log, entry => entry.Event is "admin.tokens_refused");
    }

    static IPAddress? Address(string? text) => text is null ? null : IPAddress.Parse(text);

    sealed class Recorder(List<(LogLevel, string?, string)> log) : ILogger<WrongTokens>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Add((logLevel, eventId.Name, formatter(state, exception)));
    }
}
