using Atbb.Indexing.Databases;
using Atbb.Silo.Demo;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace Atbb.Silo.Tests.Demo;

public sealed class DemoReportTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("atbb-demo-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Write_AnIndexWithoutReplies_SaysThatThereAreNoThreads()
    {
        await using var database = IndexDatabase.Create(DatabaseTarget.Sqlite(Path.Combine(folder.FullName, "atbb.db")), NullLoggerFactory.Instance);
        await database.MigrateAsync(TestContext.Current.CancellationToken);
        var output = new StringWriter();

        await DemoReport.WriteAsync(AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) }), database);

        Assert.Contains("space.atbb.post", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("There are no threads", output.ToString(), StringComparison.Ordinal);
    }
}
