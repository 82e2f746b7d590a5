using System.Net;
using Atbb.AtProto.Syntax;
using Atbb.Silo.Doctor;

namespace Atbb.Silo.Tests.Doctor;

public class PlcExamTests
{
    const string Forum = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
    const string Unknown = """{"message":"DID not registered: did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"}""";

    [Theory]
    [InlineData(200, $$"""{"id":"{{Forum}}"}""", "answers, and knows the forum.")]
    [InlineData(410, """{"message":"DID not available"}""", "answers.")]
    [InlineData(404, Unknown, "does not know the forum", "FORUM_DID")]
    [InlineData(404, "Not Found", "without JSON", "Atbb:PlcDirectory")]
    [InlineData(200, "<html>Welcome</html>", "without JSON", "Atbb:PlcDirectory")]
    [InlineData(302, "", "without JSON", "Atbb:PlcDirectory")]
    [InlineData(200, "[]", "without JSON", "Atbb:PlcDirectory")]
    [InlineData(200, """{"id":"did:plc:bbbbbbbbbbbbbbbbbbbbbbbb"}""", "something else", "Atbb:PlcDirectory")]
    [InlineData(403, "{}", "HTTP 403", "Atbb:PlcDirectory")]
    [InlineData(503, "<html>", "HTTP 503", "Wait for it")]
    [InlineData(429, "", "HTTP 429", "Wait for it")]
    public void Judge_AnAnswerAboutTheForum_SaysWhetherItIsADirectoryThatKnowsIt(int status, string body, string words, string? advice = null)
    {
        var finding = PlcExam.Judge(new Uri("https://plc.test/"), Did.Parse(Forum), (HttpStatusCode)status, body);

        Assert.Equal(advice is null ? Verdict.Ok : Verdict.Problem, finding.Verdict);
        Assert.Contains(words, finding.Message, StringComparison.Ordinal);
        Assert.Contains(advice ?? "", finding.Advice ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, """{"version":"1"}""", true)]
    [InlineData(200, "<html>", false)]
    [InlineData(404, "{}", false)]
    public void Judge_WithoutAForumOfItsOwn_GoesByItsHealth(int status, string body, bool isWell) =>
        Assert.Equal(isWell ? Verdict.Ok : Verdict.Problem, PlcExam.Judge(new Uri("https://plc.test/"), null, (HttpStatusCode)status, body).Verdict);
}
