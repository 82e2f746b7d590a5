using Atbb.Grains.Interfaces.Runs;
using Atbb.Silo.Admin;
using Atbb.Silo.Remote;
using Spectre.Console;

namespace Atbb.Silo.Tests.Remote;

public class RunViewTests
{
    [Theory]
    [InlineData(RunStatus.InProgress, false)]
    [InlineData(RunStatus.Paused, false)]
    [InlineData(RunStatus.Completed, true)]
    [InlineData(RunStatus.Cancelled, true)]
    public void Write_ARunWithErrors_OffersARetryOnceItHasEnded(RunStatus status, bool isOffered)
    {
        var text = Written(screen => RunView.Write(screen, RunAnswers.Of(status, id: 7, failed: 2)));

        Assert.Contains("2: atbb errors 7", text, StringComparison.Ordinal);
        Assert.Equal(isOffered, text.Contains("again: atbb retry 7", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(7L, true)]
    public void Write_APageOfRuns_NamesTheNextWhereThereIsOne(long? next, bool isNamed)
    {
        var text = Written(screen => RunsView.Write(screen, new RunsAnswer([RunAnswers.Of(RunStatus.Completed, id: 7)], next)));

        Assert.Equal(isNamed, text.Contains("atbb runs --before 7", StringComparison.Ordinal));
    }

    static string Written(Action<IAnsiConsole> write)
    {
        var output = new StringWriter();
        var screen = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        screen.Profile.Width = 120;
        write(screen);
        return output.ToString();
    }
}
