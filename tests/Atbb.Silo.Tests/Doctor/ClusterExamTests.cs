using Atbb.Silo.Doctor;

namespace Atbb.Silo.Tests.Doctor;

public class ClusterExamTests
{
    const int Joining = 2, Active = 3, Dead = 6;

    static SiloEntry Member(string name, int status, int seconds) => new(name, "10.0.0.1:11111", status, TimeSpan.FromSeconds(seconds));

    [Fact]
    public void Judge_AliveJoiningAndDead_AreAllWell()
    {
        var findings = ClusterExam.Judge([Member("one", Active, 2), Member("two", Joining, 1), Member("three", Dead, 9_000)]).ToList();

        Assert.Equal(["one at 10.0.0.1:11111 is alive.", "two at 10.0.0.1:11111 is joining.", "1 that has ended or died is still listed, which harms nobody."], findings.Select(finding => finding.Message));
        Assert.All(findings, finding => Assert.Equal(Verdict.Ok, finding.Verdict));
    }

    [Fact]
    public void Judge_ActiveWithoutASignOfLife_IsAProblem()
    {
        var stale = Assert.Single(ClusterExam.Judge([Member("one", Active, 1_200), Member("two", Active, 3)]), finding => finding.Verdict is Verdict.Problem);
        Assert.Contains("one at 10.0.0.1:11111 is in the cluster and gave its last sign of life 1,200 s ago", stale.Message, StringComparison.Ordinal);
        Assert.Contains("take over", stale.Advice, StringComparison.Ordinal);

        var alone = Assert.Single(ClusterExam.Judge([Member("one", Active, 1_200)]));
        Assert.Contains("Start it again", alone.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_NobodyAndOneThatDiedJoining_SaysThatNoneRuns()
    {
        foreach (var members in new SiloEntry[][] { [], [Member("one", Joining, 900)] })
            Assert.Equal("no atbb process is running on this database now.", Assert.Single(ClusterExam.Judge(members)).Message);
    }
}
