using System.Net;
using Atbb.AppView.Backfill;
using Atbb.Indexing.Databases;
using Atbb.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Atbb.AppView.Tests;

/// <summary>What the site answers, without a browser.</summary>
public sealed class AnswerTests(ServedForums forums)
{
    static CancellationToken Ends => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/", HttpStatusCode.OK)]
    [InlineData("/site.css", HttpStatusCode.OK)]
    [InlineData("/threads/999999999", HttpStatusCode.NotFound)]
    [InlineData("/threads/99999999999999999999", HttpStatusCode.NotFound)]
    [InlineData("/boards/1?page=-5", HttpStatusCode.OK)]
    [InlineData("/boards/1?page=2000000000", HttpStatusCode.OK)]
    [InlineData("/boards/1?page=x", HttpStatusCode.OK)]
    [InlineData("/search?q=a&page=x", HttpStatusCode.OK)]
    [InlineData("/members/did%3Aplc%3Anobody", HttpStatusCode.NotFound)]
    [InlineData("/nowhere", HttpStatusCode.NotFound)]
    public async Task EveryAnswer_HasTheContentPolicy(string address, HttpStatusCode status)
    {
        using var http = new HttpClient { BaseAddress = (await forums.OnAsync(DatabaseKind.Sqlite)).Origin };
        using var answer = await http.GetAsync(address, Ends);

        Assert.Equal(status, answer.StatusCode);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; style-src 'self'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    [Theory]
    [InlineData("HEAD", "/", HttpStatusCode.OK)]
    [InlineData("HEAD", "/search?q=answer", HttpStatusCode.OK)]
    [InlineData("HEAD", "/backfill", HttpStatusCode.OK)]
    [InlineData("HEAD", "/backfill/events", HttpStatusCode.OK)]
    [InlineData("HEAD", "/threads/999999999", HttpStatusCode.NotFound)]
    [InlineData("HEAD", "/nowhere", HttpStatusCode.NotFound)]
    [InlineData("POST", "/", HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", "/members", HttpStatusCode.MethodNotAllowed)]
    public async Task Methods_HeadIsAnsweredAsGet_AndWritingIsNot(string method, string address, HttpStatusCode status)
    {
        using var http = new HttpClient { BaseAddress = (await forums.OnAsync(DatabaseKind.Sqlite)).Origin };
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        using var answer = await http.SendAsync(request, Ends);

        Assert.Equal(status, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsStringAsync(Ends));
    }

    [Theory]
    [InlineData("abc", "1")]
    [InlineData("", "1")]
    [InlineData("1.5", "1")]
    [InlineData("0", "1")]
    [InlineData("-9999999999", "1")]
    [InlineData("3", "2")]
    [InlineData("9999999999", "2")]
    public async Task APage_ThatThereIsNot_IsTheNearestThatThereIs(string asked, string shown)
    {
        using var http = new HttpClient { BaseAddress = (await forums.OnAsync(DatabaseKind.Sqlite)).Origin };

        var page = await http.GetStringAsync($"/members?page={asked}", Ends);

        Assert.Contains($"<span>Page {shown} of 2</span>", page, StringComparison.Ordinal);
    }

    public static TheoryData<DatabaseKind> Kinds { get; } = [.. TestDatabase.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task PostsOfAnotherForum_AreNowhere(DatabaseKind kind)
    {
        Assert.SkipWhen(kind is DatabaseKind.PostgreSql && PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
        var it = await forums.OnAsync(kind);
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = it.Origin };
        foreach (var foreign in new[] { it.Forum.Foreign, it.Forum.ForeignReply, it.Forum.ForeignReplyThatSaysOurs, it.Forum.ReplyToNothing })
        {
            var id = await it.IdOfAsync(foreign);
            Assert.NotEqual(0, id);
            Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync($"/threads/{id}", Ends)).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync($"/posts/{id}", Ends)).StatusCode);
        }

        Assert.Contains("Nothing was found", await http.GetStringAsync("/search?q=zzforeign", Ends), StringComparison.Ordinal);
        // The search knows them, and shows what is of this forum.
        Assert.Contains("zzrestored", await http.GetStringAsync("/search?q=zzrestored", Ends), StringComparison.Ordinal);
        Assert.DoesNotContain("zzforeign", await http.GetStringAsync($"/members/{it.Forum.Author.Did}", Ends), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await http.GetAsync($"/posts/{await it.IdOfAsync(it.Forum.ShownReply)}", Ends)).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Search_QueryLongerThanTheFormTakes_IsCut(DatabaseKind kind)
    {
        Assert.SkipWhen(kind is DatabaseKind.PostgreSql && PostgresServer.MayBeSkipped, "PostgreSQL is not installed.");
        using var http = new HttpClient { BaseAddress = (await forums.OnAsync(kind)).Origin };

        // What would find nothing stands beyond the limit.
        var page = await http.GetStringAsync($"/search?q=zzrestored{new string('+', 200)}{new string('w', 4_000)}", Ends);

        Assert.Contains("A <mark>zzrestored</mark> reply.", page, StringComparison.Ordinal);
        Assert.Contains("maxlength=\"200\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("www", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_HostileTextWithAWordFurtherOn_IsTextAroundThatWord()
    {
        using var http = new HttpClient { BaseAddress = (await forums.OnAsync(DatabaseKind.Sqlite)).Origin };

        var page = await http.GetStringAsync("/search?q=ftp", Ends);

        Assert.Contains(" <mark>ftp</mark>://example.com/no &amp;lt;b&amp;gt;</div>", page, StringComparison.Ordinal);
        Assert.Contains("<div class=\"text\" dir=\"auto\">&#x2026;", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoIndexAndNoService_PagesSaySo_AndNothingOfTheInside()
    {
        using var file = new SqliteFile();
        // Port 1 of loopback: nobody listens there.
        await using var app = ForumSite.Build(["--forum", "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa", "--database", file.Path, "--gateway", "127.0.0.1:1", "--urls", "http://127.0.0.1:0"]);
        await app.StartAsync(Ends);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        using var home = await http.GetAsync("/", Ends);
        var text = await home.Content.ReadAsStringAsync(Ends);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, home.StatusCode);
        Assert.Contains("Not available for now", text, StringComparison.Ordinal);
        Assert.DoesNotContain(file.Path, text, StringComparison.Ordinal);
        Assert.False(File.Exists(file.Path));
        using var backfill = app.Services.GetRequiredService<BackfillFeed>().Listen();
        Assert.Equal(BackfillView.Away, await backfill.NextAsync(Ends));
        await app.StopAsync(Ends);
    }
}
