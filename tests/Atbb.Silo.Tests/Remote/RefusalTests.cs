using System.Net;
using System.Text.Json.Nodes;
using Atbb.Silo.Commands;
using Atbb.Silo.Remote;

namespace Atbb.Silo.Tests.Remote;

public class RefusalTests
{
    static readonly AdminAddress Address = new(new Uri("http://127.0.0.1:5080/"), "token");

    [Theory]
    [InlineData(401, "", 5, "refuses the token")]
    [InlineData(403, """{"detail":"A page of another origin may not write here."}""", 5, "another origin")]
    [InlineData(404, """{"type":"urn:atbb:problem:no-such-run","detail":"There is no run 9."}""", 6, "There is no run 9.")]
    [InlineData(404, "<html>nginx</html>", 4, "does not answer as atbb does")]
    [InlineData(302, "", 4, "does not answer as atbb does")]
    [InlineData(409, """{"type":"urn:atbb:problem:run-unfinished","detail":"POST …","runId":7}""", 7, "atbb cancel 7")]
    [InlineData(409, """{"type":"urn:atbb:problem:ambiguous-handle","detail":"Two.","dids":["did:plc:a","did:plc:b"]}""", 7, "did:plc:a, did:plc:b")]
    [InlineData(400, """{"detail":"force is not that."}""", 2, "force is not that.")]
    [InlineData(429, """{"type":"urn:atbb:problem:too-many-wrong-tokens","detail":"Wait."}""", 5, "Wait.")]
    [InlineData(503, """{"type":"urn:atbb:problem:index-unreachable","detail":"The index database is not available."}""", 4, "The index database is not available.")]
    [InlineData(502, "<html>", 4, "cannot answer now")]
    [InlineData(500, "{}", 1, "its log")]
    public void Of_AnAnswer_HasItsStatusAndASentence(int status, string body, int exitCode, string words)
    {
        var refusal = Refusal.Of((HttpStatusCode)status, body, Address);

        Assert.Equal(exitCode, refusal.ExitCode);
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.Equal(status is 502 or 503, refusal.MayPass);
    }

    [Theory]
    [InlineData(404, "no-such-run", "There is no run 99. GET /api/admin/backfill lists the runs.", "There is no run 99. Those there are: atbb runs.")]
    [InlineData(409, "run-has-ended", "Run 7 has ended. Start another: POST /api/admin/backfill.", "Run 7 has ended. Start another: atbb start.")]
    public void Of_ADetailThatNamesARoute_NamesTheCommandInItsPlace(int status, string kind, string detail, string message) =>
        Assert.Equal(message, Refusal.Of((HttpStatusCode)status, $$"""{"type":"urn:atbb:problem:{{kind}}","detail":"{{detail}}"}""", Address).Message);

    [Fact]
    public void ToJson_OfARefusal_IsTheProblemWithTheSentenceThatNamesCommands()
    {
        var refusal = Refusal.Of(
            HttpStatusCode.Conflict, """{"type":"urn:atbb:problem:run-unfinished","status":409,"detail":"POST …","error":"POST …","runId":7,"new":true}""", Address);

        var document = CommandFailure.Of(refusal)!.ToJson();

        Assert.Equal("""{"type":"urn:atbb:problem:run-unfinished","status":409,"runId":7,"new":true,"exitCode":7}""", Without(document, "detail"));
        Assert.Contains("atbb cancel 7", document["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("""{"exitCode":4}""", Without(CommandFailure.Of(Refusal.Of(HttpStatusCode.BadGateway, "<html>", Address))!.ToJson(), "detail"));

        static string Without(JsonObject document, string name) =>
            new JsonObject(document.Where(member => member.Key != name).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))).ToJsonString();
    }

    [Fact]
    public void Of_EscapeSequencesInAnAnswer_DoNotReachTheTerminal() =>
        Assert.DoesNotContain('\u001b', Refusal.Of(HttpStatusCode.BadRequest, """{"detail":"\u001b[2Jgone"}""", Address).Message);
}
