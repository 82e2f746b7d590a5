using System.Net;
using System.Text.Json;
using Atbb.Sample;

namespace Atbb.Silo.Tests.Admin;

/// <summary>
/// The answers of atBB's own admin route, as the requests in its repository describe them: which fields a program that was written against it
/// finds here, and what they are.
/// </summary>
[Collection(OneAfterAnother.Name)]
public sealed class AtbbAnswersTests : IAsyncLifetime
{
    const string Runs = AdminSite.Runs;
    const string Bad = """{"$type":"space.atbb.post","text":7,"createdAt":"2026-01-01T00:00:00Z"}""";

    AdminSite site = null!;

    public async ValueTask InitializeAsync() => site = await AdminSite.StartAsync();

    public ValueTask DisposeAsync() => site.DisposeAsync();

    static void AssertFields(JsonElement answer, params (string Name, object? Value)[] fields) =>
        Assert.All(fields, field => Assert.Equal(field.Value, answer.GetProperty(field.Name) switch
        {
            { ValueKind: JsonValueKind.Null } => null,
            { ValueKind: JsonValueKind.Number } number => number.GetInt64(),
            var text => text.GetString(),
        }));

    [Theory]
    [InlineData("catch_up")]
    [InlineData("full_sync")]
    public async Task Start_Forced_AnswersMessageTypeStatusAndIdAsText(string type)
    {
        var (status, start) = await site.SendAsync(HttpMethod.Post, $"{Runs}?force={type}");

        Assert.Equal(HttpStatusCode.Accepted, status);
        AssertFields(start, ("type", type), ("status", "in_progress"), ("id", "1"));
        Assert.NotEmpty(start.GetProperty("message").GetString()!);
        await site.EndOfAsync(1);
    }

    [Fact]
    public async Task Start_WhileOneRuns_Answers409WithAnErrorInWords()
    {
        var released = new TaskCompletionSource();
        site.Pds.Fault = _ => PdsFault.HeldUntil(released.Task);
        var id = await site.StartRunAsync("catch_up");

        var (status, refused) = await site.SendAsync(HttpMethod.Post, Runs);

        Assert.Equal((HttpStatusCode.Conflict, id), (status, refused.GetProperty("runId").GetInt64()));
        Assert.NotEmpty(refused.GetProperty("error").GetString()!);
        AssertFields((await site.SendAsync(HttpMethod.Get, $"{Runs}/{id}")).Body, ("status", "in_progress"), ("completedAt", null), ("errorMessage", null));
        released.SetResult();
        await site.EndOfAsync(id);
    }

    [Fact]
    public async Task Status_AndErrors_HaveAtbbsFields()
    {
        site.Forum.Users[0].Put(ForumRecords.Post, "3zzzzzzzzzzzz", Bad);
        var id = await site.FullSyncAsync();

        var (_, run) = await site.SendAsync(HttpMethod.Get, $"{Runs}/{id}");
        var (_, errors) = await site.SendAsync(HttpMethod.Get, $"{Runs}/{id}/errors");

        AssertFields(run,
            ("id", $"{id}"), ("status", "completed"), ("type", "full_sync"), ("didsTotal", 4L), ("didsProcessed", 4L),
            ("recordsIndexed", (long)site.Forum.RecordCount - 1), ("errorCount", 1L), ("errorMessage", null));
        Assert.True(run.GetProperty("completedAt").GetDateTimeOffset() >= run.GetProperty("startedAt").GetDateTimeOffset());
        var error = Assert.Single(errors.GetProperty("errors").EnumerateArray());
        AssertFields(error, ("did", site.Forum.Users[0].Did), ("collection", ForumRecords.Post));
        Assert.True(long.TryParse(error.GetProperty("id").GetString(), out _));
        Assert.NotEmpty(error.GetProperty("errorMessage").GetString()!);
        error.GetProperty("createdAt").GetDateTimeOffset();

        // What a later run has made good is no error any more, though it failed at the time.
        site.Forum.Users[0].Delete(ForumRecords.Post, "3zzzzzzzzzzzz");
        await site.FullSyncAsync();
        AssertFields((await site.SendAsync(HttpMethod.Get, $"{Runs}/{id}")).Body, ("errorCount", 0L), ("recordsFailed", 1L));
    }
}
