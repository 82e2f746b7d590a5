using Atbb.Silo.Doctor;

namespace Atbb.Silo.Tests.Doctor;

public class PostgresExamTests
{
    static readonly PostgresFacts Sound = new()
    {
        Version = "17.2",
        VersionNumber = 170_002,
        Encoding = "UTF8",
        Fsync = true,
        FullPageWrites = true,
        IsReadOnly = false,
        User = "atbb",
        MayCreateTables = true,
        MaxConnections = 100,
        ReservedConnections = 3,
    };

    public static TheoryData<string, bool, string> Faults => new()
    {
        { "fsync", true, "fsync is off" },
        { "pages", true, "full_page_writes is off" },
        { "standby", true, "read-only" },
        { "encoding", true, "SQL_ASCII" },
        { "old", false, "no longer mended" },
        { "connections", true, "leaves 17 connections, and 1 atbb process may need 20" },
        { "rights", true, "atbb may not make tables there" },
        { "a second ahead", false, "1.2 s ahead of" },
        { "far behind", true, "7.0 s behind" },
    };

    [Fact]
    public void Judge_SoundServer_HasNothingToMend() =>
        Assert.All(PostgresExam.Judge(Sound, silos: 4), finding => Assert.Equal((Verdict.Ok, null), (finding.Verdict, finding.Advice)));

    [Theory, MemberData(nameof(Faults))]
    public void Judge_OneFault_NamesItAndWhatToDo(string fault, bool isProblem, string words)
    {
        var facts = fault switch
        {
            "fsync" => Sound with { Fsync = false },
            "pages" => Sound with { FullPageWrites = false },
            "standby" => Sound with { IsReadOnly = true },
            "rights" => Sound with { MayCreateTables = false },
            "encoding" => Sound with { Encoding = "SQL_ASCII" },
            "old" => Sound with { Version = "12.9", VersionNumber = 120_009 },
            "connections" => Sound with { MaxConnections = 20 },
            "a second ahead" => Sound with { Ahead = TimeSpan.FromSeconds(1.2) },
            _ => Sound with { Ahead = TimeSpan.FromSeconds(-7) },
        };

        var found = Assert.Single(PostgresExam.Judge(facts, silos: 1), finding => finding.Verdict is not Verdict.Ok);

        Assert.Equal(isProblem ? Verdict.Problem : Verdict.Warning, found.Verdict);
        Assert.Contains(words, found.Message, StringComparison.Ordinal);
        Assert.NotEmpty(found.Advice!);
    }

    [Fact]
    public void Judge_ConnectionsForOneProcessOnly_IsAProblemForTwo()
    {
        var facts = Sound with { MaxConnections = 30 };

        Assert.DoesNotContain(PostgresExam.Judge(facts, silos: 1), finding => finding.Verdict is Verdict.Problem);
        Assert.Contains(PostgresExam.Judge(facts, silos: 2), finding => finding.Verdict is Verdict.Problem && finding.Advice!.Contains("max_connections = 63", StringComparison.Ordinal));
    }
}
