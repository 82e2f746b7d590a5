using System.CommandLine;
using Atbb.Indexing.Collections;
using Atbb.Silo.Commands;

namespace Atbb.Silo.Tests.Commands;

public class CommandLineTests
{
    [Theory]
    [InlineData("demo --users 1e3", "--users: a whole number from 0 to 2,147,483,647 is expected, not '1e3'.")]
    [InlineData("demo --users 99999999999", "--users: a whole number from 0 to 2,147,483,647 is expected, not '99999999999'.")]
    [InlineData("demo --posts -1", "--posts: a whole number from 0 to 2,147,483,647 is expected, not '-1'.")]
    [InlineData("demo --latency 5s", "--latency: a whole number from 0 to 2,147,483,647 is expected, not '5s'.")]
    [InlineData("demo --seed x", "--seed: a whole number from -2,147,483,648 to 2,147,483,647 is expected, not 'x'.")]
    [InlineData("runs --limit abc", "--limit: a whole number from 1 to 1,000 is expected, not 'abc'.")]
    [InlineData("runs --limit 0", "--limit: a whole number from 1 to 1,000 is expected, not '0'.")]
    [InlineData("errors 1 --limit abc", "--limit: a whole number from 1 to 1,000 is expected, not 'abc'.")]
    [InlineData("errors 1 --limit 1001", "--limit: a whole number from 1 to 1,000 is expected, not '1001'.")]
    [InlineData("run first", "ID: an id, which is a whole number, is expected, not 'first'.")]
    [InlineData("cancel 1.5", "ID: an id, which is a whole number, is expected, not '1.5'.")]
    [InlineData("runs --before x", "--before: an id, which is a whole number, is expected, not 'x'.")]
    [InlineData("errors 1 --after x", "--after: an id, which is a whole number, is expected, not 'x'.")]
    [InlineData("backfill --retry x", "--retry: an id, which is a whole number, is expected, not 'x'.")]
    public void Parse_ANumberThatIsNone_IsToldInOneSentence(string line, string fault) =>
        Assert.Equal(fault, Assert.Single(AtbbCommand.Create().Parse(line).Errors).Message);

    [Fact]
    public void Parse_AKindThatIsNone_NamesThoseThereAre()
    {
        Assert.Empty(AtbbCommand.Create().Parse("errors 1 --kind unreachable").Errors);

        var fault = Assert.Single(AtbbCommand.Create().Parse("errors 1 --kind typo").Errors).Message;
        Assert.Equal($"--kind: 'typo' is no kind of error. The kinds: {string.Join(", ", FailureKinds.All)}.", fault);
    }

    [Theory]
    [InlineData("@forum.sample.test", "forum.sample.test")]
    [InlineData("forum.sample.test", "forum.sample.test")]
    [InlineData("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa", "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Parse_AHandle_IsTakenWithItsAtSignToo(string typed, string name)
    {
        foreach (var command in new[] { "repo", "sync" })
        {
            var line = AtbbCommand.Parse([command, typed]);

            Assert.Empty(line.Errors);
            Assert.Equal(name, line.GetValue<string>("REPO"));
        }
    }

    [Fact]
    public void Parse_AnAtSignBeforeAFile_DoesNotPutTheFileOnTheCommandLine()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa --json");

            var line = AtbbCommand.Parse(["repo", "@" + file]);

            Assert.Equal((file, false), (line.GetValue<string>("REPO"), line.GetValue<bool>("--json")));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("run", null)]
    [InlineData("run 7", 7L)]
    public void Parse_ARunThatMayBeLeftOut_IsTheOneNamedOrNone(string line, long? id)
    {
        var parsed = AtbbCommand.Create().Parse(line);

        Assert.Empty(parsed.Errors);
        Assert.Equal(id, parsed.GetValue<long?>("ID"));
    }

    [Theory]
    [InlineData("demo", "--users", 400)]
    [InlineData("demo --users 0", "--users", 0)]
    [InlineData("demo --seed -5", "--seed", -5)]
    [InlineData("demo-pds --users 3", "--users", 3)]
    [InlineData("runs", "--limit", 20)]
    [InlineData("errors 1 --limit 1000", "--limit", 1_000)]
    public void Parse_ANumber_IsTaken(string line, string option, int number)
    {
        var parsed = AtbbCommand.Create().Parse(line);

        Assert.Empty(parsed.Errors);
        Assert.Equal(number, parsed.GetValue<int>(option));
    }

    [Fact]
    public async Task Invoke_WithoutACommand_ShowsTheHelpAndIsAWrongCommandLine()
    {
        var output = new StringWriter();

        var code = await AtbbCommand.Create().Parse([]).InvokeAsync(new InvocationConfiguration { Output = output }, TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.BadConfiguration, code);
        foreach (var command in new[] { "demo", "backfill", "serve", "doctor" })
            Assert.Contains($"atbb {command}", output.ToString(), StringComparison.Ordinal);
    }
}
