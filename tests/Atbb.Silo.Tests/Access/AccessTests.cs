using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Atbb.Silo.Access;
using Atbb.Silo.Configuration;
using Atbb.Silo.Hosting;
using Atbb.Testing.Databases;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Atbb.Silo.Tests.Access;

/// <summary>Who is let in, on the real service.</summary>
[Collection(OneAfterAnother.Name)]
public sealed class AccessTests : IAsyncLifetime
{
    const string Token = "a-token-of-some-length";
    const string Runs = "/api/admin/backfill";

    readonly SqliteFile file = new();
    WebApplication? app;
    HttpClient http = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        file.Dispose();
    }

    async Task StopAsync()
    {
        http.Dispose();
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    async Task StartAsync(string? token, bool trustsForwardedHeaders = false)
    {
        var settings = new AtbbSettings { Database = file.Path };
        settings.Forum.Did = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
        settings.Backfill.OnStartup = false;
        settings.Admin.Token = token;
        settings.Admin.TrustForwardedHeaders = trustsForwardedHeaders;
        settings.Admin.Url = $"http://127.0.0.1:{SiloPorts.FirstFree(20_000)}";
        app = WebHosting.Build(settings, LogLevel.Warning);
        await app.StartAsync(TestContext.Current.CancellationToken);
        http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(settings.Admin.Url) };
    }

    async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, Action<HttpRequestMessage>? shape = null)
    {
        var request = new HttpRequestMessage(method, path);
        shape?.Invoke(request);
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task AToken_IsNeededForAdminAndDashboardAndNotForHealth()
    {
        await StartAsync(Token);

        foreach (var path in new[] { Runs, Runs + "/1", Runs + "/1/errors", "/dashboard/", "/dashboard/index.html" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(HttpMethod.Get, path)).StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(HttpMethod.Get, path, Bearer("another-token-of-length"))).StatusCode);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(HttpMethod.Post, Runs)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, Runs, Bearer(Token))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "/dashboard/", Bearer(Token))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "/health/live")).StatusCode);
        // Whether it is well is another matter.
        Assert.True((await SendAsync(HttpMethod.Get, "/health/ready")).StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task ABrowser_IsSentToSignInAndComesBackWithACookie()
    {
        await StartAsync(Token);

        var sent = await SendAsync(HttpMethod.Get, "/dashboard/", r => r.Headers.Accept.ParseAdd("text/html"));
        Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        Assert.StartsWith("/signin?to=", sent.Headers.Location!.PathAndQuery(), StringComparison.Ordinal);

        var wrong = await SendAsync(HttpMethod.Post, sent.Headers.Location!.PathAndQuery(), Form("not the token"));
        Assert.Equal((HttpStatusCode.Unauthorized, false), (wrong.StatusCode, wrong.Headers.Contains("Set-Cookie")));

        var right = await SendAsync(HttpMethod.Post, sent.Headers.Location!.PathAndQuery(), Form(Token));
        var cookie = Assert.Single(right.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("/dashboard/", right.Headers.Location!.OriginalString);

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "/dashboard/")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, Runs)).StatusCode);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("https://evil.example/")]
    public async Task SignIn_WithAReturnElsewhere_StaysHere(string to)
    {
        await StartAsync(Token);

        var answer = await SendAsync(HttpMethod.Post, "/signin?to=" + Uri.EscapeDataString(to), Form(Token));

        Assert.Equal("/", answer.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("LOCALHOST", HttpStatusCode.OK)]
    [InlineData("[::1]", HttpStatusCode.OK)]
    [InlineData("rebound.example", HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.1.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("10.0.0.1", HttpStatusCode.Forbidden)]
    public async Task WithoutAToken_OnlyLoopbackNamesAreAnswered(string host, HttpStatusCode status)
    {
        await StartAsync(token: null);

        foreach (var path in new[] { Runs, "/dashboard/", "/health/live" })
            Assert.Equal(status, (await SendAsync(HttpMethod.Get, path, r => r.Headers.Host = host)).StatusCode);
    }

    [Theory]
    [InlineData("X-Forwarded-For")]
    [InlineData("Forwarded")]
    [InlineData("Via")]
    public async Task WhatAProxyHandsOn_IsAnsweredWithATokenOnly(string header)
    {
        await StartAsync(token: null);
        Assert.Equal("foreign-host", await KindOfAsync(HttpMethod.Get, Runs, r => r.Headers.Add(header, "1.1 proxy")));
    }

    [Theory]
    [InlineData("atbb.example", "https://atbb.example", HttpStatusCode.NotFound)]
    [InlineData("atbb.example:443", "https://atbb.example", HttpStatusCode.NotFound)]
    [InlineData("ATBB.example", "https://atbb.example", HttpStatusCode.NotFound)]
    [InlineData("atbb.example:8443", "https://atbb.example:8443", HttpStatusCode.NotFound)]
    [InlineData("atbb.example", "https://atbb.example:8443", HttpStatusCode.Forbidden)]
    [InlineData("atbb.example:8443", "https://atbb.example", HttpStatusCode.Forbidden)]
    [InlineData("atbb.example", "null", HttpStatusCode.Forbidden)]
    public async Task AWrite_BehindAProxy_IsHeldAgainstTheNameThatItHandsOn(string host, string origin, HttpStatusCode status)
    {
        await StartAsync(Token);

        var answer = await SendAsync(HttpMethod.Post, Runs + "/1/cancel", r =>
        {
            Bearer(Token)(r);
            r.Headers.Host = host;
            r.Headers.Add("Origin", origin);
        });

        // There is no run 1: where it was let through, it had nothing to do.
        Assert.Equal(status, answer.StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Token)]
    public async Task AWriteFromAPageElsewhere_IsRefused(string? token)
    {
        await StartAsync(token);
        var authorize = token is null ? _ => { } : Bearer(token);

        var foreign = await SendAsync(HttpMethod.Post, Runs + "/1/cancel", r =>
        {
            authorize(r);
            r.Headers.Add("Origin", "https://evil.example");
        });
        var crossSite = await SendAsync(HttpMethod.Post, Runs + "/1/cancel", r =>
        {
            authorize(r);
            r.Headers.Add("Sec-Fetch-Site", "cross-site");
        });
        var own = await SendAsync(HttpMethod.Post, Runs + "/1/cancel", r =>
        {
            authorize(r);
            r.Headers.Add("Origin", http.BaseAddress!.GetLeftPart(UriPartial.Authority));
            r.Headers.Add("Sec-Fetch-Site", "same-origin");
        });

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (foreign.StatusCode, crossSite.StatusCode));
        // There is no run 1: it was let through, and had nothing to do.
        Assert.Equal(HttpStatusCode.NotFound, own.StatusCode);
    }

    [Fact]
    public async Task Refusals_OfAccess_AreProblemsWithTheirType()
    {
        await StartAsync(Token);
        Assert.Equal("token-needed", await KindOfAsync(HttpMethod.Get, Runs));
        Assert.Equal("token-needed", await KindOfAsync(HttpMethod.Post, Runs, Bearer("another-token-of-length")));
        Assert.Equal("token-needed", await KindOfAsync(HttpMethod.Get, "/api/admin/openapi.json"));
        Assert.Equal("token-needed", await KindOfAsync(HttpMethod.Get, Runs + "/1/events"));
        Assert.Equal("foreign-origin", await KindOfAsync(HttpMethod.Post, Runs, r => r.Headers.Add("Origin", "https://evil.example")));
        Assert.Equal("foreign-origin", await KindOfAsync(HttpMethod.Post, Runs, r => r.Headers.Add("Sec-Fetch-Site", "cross-site")));

        // The other scheme, and the same answer.
        Assert.Equal("token-needed", await KindOfAsync(HttpMethod.Get, Runs, request => request.Headers.Add("Cookie", "atbb=stale")));
    }

    [Fact]
    public async Task Refusals_OfAToken_TellNoneFromAWrongOne()
    {
        await StartAsync(Token);

        Assert.StartsWith("Send the token", await DetailAsync(), StringComparison.Ordinal);
        Assert.StartsWith("The token is wrong.", await DetailAsync(Bearer("another-token-of-length")), StringComparison.Ordinal);

        async Task<string> DetailAsync(Action<HttpRequestMessage>? shape = null)
        {
            using var answer = await SendAsync(HttpMethod.Get, Runs, shape);
            using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            return problem.RootElement.GetProperty("detail").GetString()!;
        }
    }

    [Fact]
    public async Task WithoutAToken_AForeignNameIsAProblemWithItsType()
    {
        await StartAsync(token: null);

        Assert.Equal("foreign-host", await KindOfAsync(HttpMethod.Get, Runs, r => r.Headers.Host = "rebound.example"));
    }

    async Task<string> KindOfAsync(HttpMethod method, string path, Action<HttpRequestMessage>? shape = null)
    {
        var answer = await SendAsync(method, path, shape);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal((int)answer.StatusCode, problem.RootElement.GetProperty("status").GetInt32());
        return problem.RootElement.GetProperty("type").GetString()!["urn:atbb:problem:".Length..];
    }

    [Theory]
    [InlineData(Token, true)]
    [InlineData("another-token-of-length", false)]
    public async Task ACookie_IsGoodWhereverItsTokenIsAndNowhereElse(string token, bool isGood)
    {
        await StartAsync(Token);
        var signedIn = await SendAsync(HttpMethod.Post, "/signin", Form(Token));
        var cookie = Assert.Single(signedIn.Headers.GetValues("Set-Cookie")).Split(';')[0];
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, Runs)).StatusCode);

        // Another process, as after a restart or behind a balancer.
        await StopAsync();
        await StartAsync(token);

        Action<HttpRequestMessage> withCookie = request => request.Headers.Add("Cookie", cookie);
        Assert.Equal(isGood ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, (await SendAsync(HttpMethod.Get, Runs, withCookie)).StatusCode);
        Assert.Equal(
            isGood ? HttpStatusCode.OK : HttpStatusCode.Redirect,
            (await SendAsync(HttpMethod.Get, "/", withCookie + (request => request.Headers.Accept.ParseAdd("text/html")))).StatusCode);
    }

    [Theory]
    [InlineData("atbb=")]
    [InlineData("atbb=AAAA")]
    [InlineData("atbb=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task ACookie_ThatNobodySealed_IsWorthNothing(string cookie)
    {
        await StartAsync(Token);

        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(HttpMethod.Get, Runs, request => request.Headers.Add("Cookie", cookie))).StatusCode);
    }

    [Theory]
    [InlineData(true, "https", true)]
    [InlineData(true, "http", false)]
    [InlineData(true, null, false)]
    [InlineData(false, "https", false)]
    public async Task TheCookie_BehindAProxyThatEndsTls_IsSecureWhereTheProxyIsTrusted(bool isTrusted, string? scheme, bool isSecure)
    {
        await StartAsync(Token, isTrusted);

        var signedIn = await SendAsync(HttpMethod.Post, "/signin", Form(Token) + (request =>
        {
            if (scheme is not null)
                request.Headers.Add("X-Forwarded-Proto", scheme);
        }));

        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        Assert.Equal(isSecure, Assert.Single(signedIn.Headers.GetValues("Set-Cookie")).Contains("; secure", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("another-token-of-length", false)]
    [InlineData(Token, true)]
    public async Task Ready_WithSomethingWrong_SaysWhyToWhoeverHasTheToken(string? presented, bool isTold)
    {
        await StartAsync(Token);
        BreakTheDatabase();

        var answer = await SendAsync(HttpMethod.Get, "/health/ready", presented is null ? null : Bearer(presented));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(isTold, await SaysWhyAsync(answer));
    }

    [Theory]
    [InlineData(Token)]
    [InlineData(null)]
    public async Task Ready_WithSomethingWrong_SaysWhyToASignInAndOnLoopbackWithoutAToken(string? token)
    {
        await StartAsync(token);
        if (token is not null)
            await SendAsync(HttpMethod.Post, "/signin", Form(token));
        BreakTheDatabase();

        Assert.True(await SaysWhyAsync(await SendAsync(HttpMethod.Get, "/health/ready")));
    }

    [Fact]
    public async Task AnAdminRoute_WithTheDatabaseAway_SaysSoAsAProblem()
    {
        await StartAsync(Token);
        File.Delete(file.Path);

        using var answer = await SendAsync(HttpMethod.Get, Runs, Bearer(Token));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.EndsWith("index-unreachable", problem.GetProperty("type").GetString(), StringComparison.Ordinal);
    }

    void BreakTheDatabase()
    {
        using var connection = new SqliteConnection($"Data Source={file.Path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "alter table firehose_cursor rename to taken_away";
        command.ExecuteNonQuery();
    }

    static async Task<bool> SaysWhyAsync(HttpResponseMessage answer)
    {
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var database = body.RootElement.GetProperty("checks").GetProperty("database");
        Assert.Equal("Unhealthy", database.GetProperty("status").GetString());
        return body.RootElement.GetProperty("checks").EnumerateObject().Any(check => check.Value.GetProperty("description").ValueKind is JsonValueKind.String);
    }

    [Fact]
    public async Task BehindAProxyThatEndsTls_APageOfTheSameHostMayWrite()
    {
        await StartAsync(Token);

        var answer = await SendAsync(HttpMethod.Post, Runs + "/1/cancel", r =>
        {
            Bearer(Token)(r);
            r.Headers.Host = "forum.example";
            r.Headers.Add("Origin", "https://forum.example");
        });

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("forum.example", "http://forum.example:8080")]
    [InlineData("forum.example:8080", "http://forum.example")]
    [InlineData("forum.example", "null")]
    public async Task AWriteFromAnotherPortOfTheSameHost_IsRefused(string host, string origin)
    {
        await StartAsync(Token);

        var answer = await SendAsync(HttpMethod.Post, Runs + "/1/cancel", r =>
        {
            Bearer(Token)(r);
            r.Headers.Host = host;
            r.Headers.Add("Origin", origin);
        });

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task SigningOut_FromThePage_TakesTheCookieAway()
    {
        await StartAsync(Token);
        await SendAsync(HttpMethod.Post, "/signin", Form(Token));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "/")).StatusCode);

        var foreign = await SendAsync(HttpMethod.Post, "/signout", r => r.Headers.Add("Origin", "https://evil.example"));
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "/")).StatusCode);
        var left = await SendAsync(HttpMethod.Post, "/signout");
        Assert.Equal("/signin", left.Headers.Location!.OriginalString);

        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(HttpMethod.Get, "/")).StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ACookie_CopiedBeforeItsOwnerSignedOut_IsWorthNothingAfterwards(bool onAnotherSilo)
    {
        await StartAsync(Token);
        var cookie = await SignInAsync();
        var other = await SignInAsync();
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, Runs, With(cookie))).StatusCode);

        Assert.Equal("/signin", (await SendAsync(HttpMethod.Post, "/signout", With(cookie))).Headers.Location!.OriginalString);
        if (onAnotherSilo)
        {
            await StopAsync();
            await StartAsync(Token);
        }

        Assert.Equal("token-needed", await KindOfAsync(HttpMethod.Get, Runs, With(cookie)));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, Runs, With(other))).StatusCode);
    }

    [Fact]
    public async Task ACookie_WhileTheDatabaseIsAway_IsGoodWhereItWasSeenAndNotSignedOut()
    {
        await StartAsync(Token);
        var cookie = await SignInAsync();
        TakeAwayTheDatabase();

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "/", With(cookie))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "/", With(await SignInAsync()))).StatusCode);

        var left = await SendAsync(HttpMethod.Post, "/signout", With(cookie));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, false), (left.StatusCode, left.Headers.Contains("Set-Cookie")));
        Assert.Contains("still signed in", await left.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "/", With(cookie))).StatusCode);
    }

    [Fact]
    public async Task ACookie_OfASignInWhileTheDatabaseWasAway_IsGoodEverywhereOnceItIsBack()
    {
        await StartAsync(Token);
        TakeAwayTheDatabase();
        var cookie = await SignInAsync();
        GiveBackTheDatabase();

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, Runs, With(cookie))).StatusCode);
        await StopAsync();
        await StartAsync(Token);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, Runs, With(cookie))).StatusCode);
        await SendAsync(HttpMethod.Post, "/signout", With(cookie));
        Assert.Equal("token-needed", await KindOfAsync(HttpMethod.Get, Runs, With(cookie)));
    }

    [Fact]
    public async Task ACookie_MadeByWhoeverHasGuessedTheToken_IsWorthNothing()
    {
        await StartAsync(Token);
        var format = new TicketDataFormat(new TokenProtector(Token));
        var ticket = new AuthenticationTicket(AdminAccess.Operator("Cookies"), new() { ExpiresUtc = DateTimeOffset.MaxValue }, "Cookies");

        Assert.Equal("token-needed", await KindOfAsync(HttpMethod.Get, Runs, With($"atbb={format.Protect(ticket)}")));
    }

    async Task<string> SignInAsync()
    {
        var signedIn = await SendAsync(HttpMethod.Post, "/signin", Form(Token));
        var cookie = Assert.Single(signedIn.Headers.GetValues("Set-Cookie")).Split(';')[0];
        // Sent by hand from now on, as by somebody who has copied it.
        var address = http.BaseAddress;
        http.Dispose();
        http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address };
        return cookie;
    }

    // A reader of the index finds no file, and each question opens it anew.
    void TakeAwayTheDatabase()
    {
        File.Move(file.Path, AwayPath);
        Directory.CreateDirectory(file.Path);
    }

    void GiveBackTheDatabase()
    {
        Directory.Delete(file.Path);
        File.Move(AwayPath, file.Path);
    }

    string AwayPath => file.Path + ".away";

    static Action<HttpRequestMessage> With(string cookie) => request => request.Headers.Add("Cookie", cookie);

    [Fact]
    public async Task WrongTokens_BeyondTheirNumber_AreRefusedWithTheRightOneUntilATimeThatIsTold()
    {
        await StartAsync(Token);
        for (var i = 0; i < WrongTokens.Allowed; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(HttpMethod.Get, Runs, Bearer("another-token-of-length"))).StatusCode);

        var bearer = await SendAsync(HttpMethod.Get, Runs, Bearer(Token));
        Assert.Equal(HttpStatusCode.TooManyRequests, bearer.StatusCode);
        Assert.InRange(bearer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal("too-many-wrong-tokens", await KindOfAsync(HttpMethod.Get, Runs, Bearer(Token)));

        var form = await SendAsync(HttpMethod.Post, "/signin", Form(Token));
        Assert.Equal((HttpStatusCode.TooManyRequests, false), (form.StatusCode, form.Headers.Contains("Set-Cookie")));
        Assert.InRange(form.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Contains("Too many wrong tokens", await form.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        // Nothing was presented: that is no guess.
        Assert.Equal("token-needed", await KindOfAsync(HttpMethod.Get, Runs));
    }

    [Fact]
    public async Task WrongTokens_OfAForm_LeaveWhoeverHasSignedInAlone()
    {
        await StartAsync(Token);
        await SendAsync(HttpMethod.Post, "/signin", Form(Token));
        for (var i = 0; i < WrongTokens.Allowed; i++)
            await SendAsync(HttpMethod.Post, "/signin", Form("another-token-of-length"));

        Assert.Equal(HttpStatusCode.TooManyRequests, (await SendAsync(HttpMethod.Post, "/signin", Form("another-token-of-length"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, Runs)).StatusCode);
    }

    [Theory]
    [InlineData(true, HttpStatusCode.OK)]
    [InlineData(false, HttpStatusCode.TooManyRequests)]
    public async Task WrongTokens_BehindAProxy_AreCountedByTheAddressThatItNamesWhereItIsTrusted(bool isTrusted, HttpStatusCode ofAnother)
    {
        await StartAsync(Token, isTrusted);
        for (var i = 0; i < WrongTokens.Allowed; i++)
            await SendAsync(HttpMethod.Get, Runs, Bearer("another-token-of-length") + From("198.51.100.1"));

        Assert.Equal(HttpStatusCode.TooManyRequests, (await SendAsync(HttpMethod.Get, Runs, Bearer(Token) + From("198.51.100.1"))).StatusCode);
        Assert.Equal(ofAnother, (await SendAsync(HttpMethod.Get, Runs, Bearer(Token) + From("198.51.100.2"))).StatusCode);

        static Action<HttpRequestMessage> From(string address) => request => request.Headers.Add("X-Forwarded-For", address);
    }

    static Action<HttpRequestMessage> Bearer(string token) => request => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);

    static Action<HttpRequestMessage> Form(string token) => request => request.Content = new FormUrlEncodedContent([new("token", token)]);
}

static class Locations
{
    /// <summary>Path and query, of an address that may be absolute or not.</summary>
    public static string PathAndQuery(this Uri location) => location.IsAbsoluteUri ? location.PathAndQuery : location.OriginalString;
}
