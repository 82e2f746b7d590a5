using System.Text.RegularExpressions;
using Atbb.EndToEnd.Tests.Processes;
using Atbb.Testing.Browser;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Atbb.EndToEnd.Tests.Pages;

/// <summary>The operator's page of a real process, used in a real browser.</summary>
public sealed partial class OperatorPageTests(ServedPage served) : IClassFixture<ServedPage>
{
    // Longer than anything waited for on a busy machine.
    const float Long = 60_000;

    [Fact]
    public async Task SignIn_WrongTokenThenTheRightOneThenOut_OpensThePageAndClosesIt()
    {
        Assert.SkipWhen(ChromiumBrowser.MayBeSkipped, "Chromium is not installed.");
        await using var reader = await ChromiumBrowser.OpenAsync(served.Origin);
        var page = reader.Page;
        await reader.GoAsync("/");
        Assert.Empty(await reader.FindBarriersAsync());
        await Expect(page.GetByLabel("Admin token")).ToBeFocusedAsync();
        await Expect(page.GetByLabel("Admin token")).ToHaveAttributeAsync("aria-invalid", "false");
        await page.Keyboard.TypeAsync("guessed");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("That is not the token.");
        await Expect(page.GetByLabel("Admin token")).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(page.GetByLabel("Admin token")).ToHaveAccessibleDescriptionAsync("That is not the token.");
        await Expect(page.GetByLabel("Admin token")).ToBeFocusedAsync();
        Assert.Empty(await reader.FindBarriersAsync());

        await page.GetByLabel("Admin token").FillAsync(ServedPage.Token);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Backfill" })).ToBeVisibleAsync();
        await Expect(page.Locator("#verdict")).ToContainTextAsync("index");
        Assert.Equal("", await page.EvaluateAsync<string>("document.cookie"));
        var cookie = Assert.Single(await page.Context.CookiesAsync());
        Assert.Equal((true, SameSiteAttribute.Strict), (cookie.HttpOnly, cookie.SameSite));

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page.GetByLabel("Admin token")).ToBeVisibleAsync();
        Assert.Empty(await page.Context.CookiesAsync());
    }

    [Fact]
    public async Task Run_StartedPausedAndResumed_IsFollowedToItsEndAndItsErrorsRetried()
    {
        await using var reader = await served.OpenAsync();
        var page = reader.Page;
        served.SpoilPost();
        var released = served.HoldListings();
        await Button(page, "Full sync").ClickAsync();
        await Expect(page.Locator("#verdict")).ToContainTextAsync("is reading", Patient);
        await Expect(page.Locator("#now-title")).ToContainTextAsync("full sync, in progress");
        // Another start is told why not, in words for a person.
        await Button(page, "Catch-up").ClickAsync();
        await Expect(page.Locator("#start-said")).ToContainTextAsync("is not finished. Wait for it, or cancel it.");

        await Button(page, "Pause").ClickAsync();
        await Expect(page.Locator("#now-said")).ToContainTextAsync("is paused");
        await Expect(page.Locator("#verdict")).ToContainTextAsync("is paused");
        await Button(page, "Resume").ClickAsync();
        await Expect(page.Locator("#now-title")).ToContainTextAsync("in progress");
        released.SetResult();
        await Expect(page.Locator("#now-title")).ToContainTextAsync("full sync, completed", Patient);

        await Expect(page.Locator("#verdict")).ToHaveTextAsync("The index is whole but for 1 error.", new() { Timeout = Long });
        var error = page.Locator("#errors > li");
        await Expect(error).ToContainTextAsync($"at://{served.Careless.Did}/space.atbb.post/{served.CarelessPost}", new() { Timeout = Long });
        await Expect(error).ToContainTextAsync("<img src=x");
        Assert.Null(await page.EvaluateAsync<int?>("window.ran ?? null"));
        await page.GetByLabel("Kind").SelectOptionAsync(new SelectOptionValue { Index = 1 });
        await Expect(error).ToHaveCountAsync(1);

        // Its author mends it.
        served.MendPost();
        await Button(page, "Read again what failed").ClickAsync();
        await Expect(page.Locator("#now-title")).ToContainTextAsync("retry of run", Patient);
        await Expect(page.Locator("#verdict")).ToContainTextAsync("The index is whole: run ", Patient);
        Assert.Equal(["Failed to load resource: the server responded with a status of 409 (Conflict)"], reader.Complaints);
    }

    [Fact]
    public async Task Run_ChangedBySomebodyElse_IsToldByItsEventsAndWhatWasSaidIsTakenBack()
    {
        await using var reader = await served.OpenAsync();
        var page = reader.Page;
        using var admin = new AdminClient(served.Case.Site.AdminPort, ServedPage.Token);
        var released = served.HoldListings();
        await Button(page, "Full sync").ClickAsync();
        await Expect(page.Locator("#start-said")).ToContainTextAsync("is under way.", Patient);
        await Expect(page.Locator("#now-title")).ToContainTextAsync("in progress", Patient);
        var run = (await admin.RunsAsync())[0].RunId!.Value;
        // From now on nothing is known but by the event stream.
        await page.RouteAsync("**/api/admin/backfill?limit=20", route => route.AbortAsync());

        await Button(page, "Pause").ClickAsync();
        await Expect(page.Locator("#now-said")).ToHaveTextAsync($"Run {run} is paused.");
        await Expect(page.Locator("#start-said")).ToBeEmptyAsync();
        (await admin.ChangeAsync(run, "resume")).EnsureSuccessStatusCode().Dispose();
        await Expect(page.Locator("#now-title")).ToContainTextAsync("in progress", Patient);
        await Expect(page.Locator("#now-said")).ToBeEmptyAsync();

        // Whoever is being asked whether to cancel it is not left without a place.
        await Button(page, "Cancel…").ClickAsync();
        (await admin.ChangeAsync(run, "cancel")).EnsureSuccessStatusCode().Dispose();
        await Expect(page.Locator("#now-title")).ToContainTextAsync("cancelled", Patient);
        await Expect(page.Locator("#now-title")).ToBeFocusedAsync();
        served.Case.Pds.Fault = null;
        released.SetResult();
    }

    [Fact]
    public async Task Repository_ByHandleAndByDid_IsShownAndRead()
    {
        await using var reader = await served.OpenAsync();
        var page = reader.Page;
        var member = served.Case.Forum.Users[1];
        var name = page.GetByLabel("DID or handle");
        await name.FillAsync($" at://{member.Did}/space.atbb.post/3kabc ");
        await Button(page, "Read it now").ClickAsync();
        await Expect(page.Locator("#repo-said")).ToHaveTextAsync("Read in full.", new() { Timeout = Long });

        await name.FillAsync($"@{member.Handle}");
        await name.PressAsync("Enter");
        await Expect(page.Locator("#repo-said")).ToHaveTextAsync($"{member.Handle}: active, 0 open errors.");
        await Expect(page.Locator("#repo-did")).ToHaveTextAsync(member.Did);
        await Expect(page.Locator("#repo-collections")).ToContainTextAsync($"{member.Count("space.atbb.post")} rows, read to its end");
        await Expect(name).ToBeFocusedAsync();

        ServedPage.Write(member);
        served.Case.Pds.Fault = request => request.IsListing ? Sample.PdsFault.Error(503, "Unavailable") : null;
        await Button(page, "Read it now").ClickAsync();
        await Expect(page.Locator("#repo-said")).ToContainTextAsync(AfterAMoment(), Patient);
        await Expect(page.Locator("#repo-figures")).ToContainTextAsync("next attempt");
        served.Case.Pds.Fault = null;
        await Button(page, "Read it now").ClickAsync();
        await Expect(page.Locator("#repo-said")).ToHaveTextAsync("Read in full.", new() { Timeout = Long });

        foreach (var button in new[] { "Look up", "Read it now" })
        {
            await name.FillAsync("  ");
            await Button(page, button).ClickAsync();
            await Expect(page.Locator("#repo-said")).ToHaveTextAsync("A DID or a handle is needed.");
            await Expect(name).ToBeFocusedAsync();
        }

        // Nothing was asked: the answer would have been an error.
        Assert.Empty(reader.Complaints);
        foreach (var button in new[] { "Look up", "Read it now" })
        {
            await name.FillAsync(member.Did);
            await name.PressAsync("Enter");
            await Expect(page.Locator("#repo")).ToBeVisibleAsync();
            await name.FillAsync("nobody.invalid");
            await Button(page, button).ClickAsync();
            await Expect(page.Locator("#repo-said")).ToContainTextAsync("does not know this repository");
            await Expect(page.Locator("#repo")).ToBeHiddenAsync();
        }
    }

    [Fact]
    public async Task Keyboard_Alone_StartsARunAndCancelsIt()
    {
        await using var reader = await served.OpenAsync();
        var page = reader.Page;
        served.RefuseListings();
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator(":focus")).ToHaveTextAsync("Skip to content");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("main")).ToBeFocusedAsync();
        await TabToAsync(page, "Full sync");
        Assert.NotEqual("none", await page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#now-title")).ToContainTextAsync("in progress", Patient);
        await Expect(Button(page, "Full sync")).ToBeFocusedAsync();

        await TabToAsync(page, "Cancel…", "Shift+Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        // Escape and the button in focus leave the run alone.
        await page.Keyboard.PressAsync("Escape");
        await Expect(Button(page, "Cancel…")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync(page, "Cancel the run");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#now-title")).ToContainTextAsync("cancelled", Patient);
        served.Case.Pds.Fault = null;
        await Expect(page.Locator("#now-title")).ToBeFocusedAsync();
        await Expect(page.Locator("#now-title")).Not.ToHaveCSSAsync("outline-style", "none");
        await Expect(page.Locator("#verdict")).ToContainTextAsync("was cancelled before its end", Patient);
        // A catch-up reads only what is known by then, and does not make up for it.
        await Button(page, "Catch-up").ClickAsync();
        await Expect(page.Locator("#now-title")).ToContainTextAsync("catch-up, completed", Patient);
        await Expect(page.Locator("#verdict")).ToContainTextAsync("was cancelled before its end", Patient);
        Assert.Empty(reader.Complaints);
    }

    [Fact]
    public async Task Keyboard_Alone_PausesResumesRetriesAndReadsOne()
    {
        await using var reader = await served.OpenAsync();
        var page = reader.Page;
        served.SpoilPost();
        var released = served.HoldListings();
        await TabToAsync(page, "Full sync");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#now-title")).ToContainTextAsync("full sync, in progress", Patient);

        await TabToAsync(page, "Pause", "Shift+Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#now-said")).ToContainTextAsync("is paused", Patient);
        await Expect(Button(page, "Resume")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Space");
        await Expect(page.Locator("#now-title")).ToContainTextAsync("in progress", Patient);
        await Expect(Button(page, "Pause")).ToBeFocusedAsync();
        released.SetResult();
        await Expect(page.Locator("#now-title")).ToContainTextAsync("full sync, completed", Patient);
        await Expect(page.Locator("#now-title")).ToBeFocusedAsync();

        await Expect(page.Locator("#errors > li")).ToContainTextAsync(served.CarelessPost, Patient);
        served.MendPost();
        await TabToAsync(page, "Read again what failed");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#now-title")).ToContainTextAsync("retry of run", Patient);
        await Expect(page.Locator("#now-title")).ToContainTextAsync("completed", Patient);

        await TabToAsync(page, "DID or handle");
        await page.Keyboard.TypeAsync(served.Careless.Did);
        await TabToAsync(page, "Read it now");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#repo-said")).ToHaveTextAsync("Read in full.", new() { Timeout = Long });
        await Expect(Button(page, "Read it now")).ToBeFocusedAsync();
        Assert.Empty(reader.Complaints);
    }

    [Fact]
    public async Task OlderRuns_WhenThereAreNoOthers_SaysSoWhereTheFocusGoes()
    {
        await using var reader = await served.OpenAsync();
        var page = reader.Page;
        // As if there had been more runs than a page has.
        await page.RouteAsync("**/api/admin/backfill?limit=20", route => AnswerAsync(route, """{"runs":[],"next":7}"""));
        await page.RouteAsync("**/api/admin/backfill?limit=20&before=7", route => AnswerAsync(route, """{"runs":[],"next":null}"""));
        await page.ReloadAsync();
        await Expect(Button(page, "Older runs")).ToBeVisibleAsync();

        await TabToAsync(page, "Older runs");
        await page.Keyboard.PressAsync("Enter");

        await Expect(Button(page, "Older runs")).ToBeHiddenAsync();
        await Expect(page.Locator("#older-said")).ToHaveTextAsync("There are no older runs.");
        await Expect(page.Locator("#older-said")).ToBeFocusedAsync();
        Assert.Empty(await reader.FindBarriersAsync());

        static Task AnswerAsync(IRoute route, string json) => route.FulfillAsync(new() { ContentType = "application/json", Body = json });
    }

    [Theory]
    [InlineData(1200, false)]
    [InlineData(360, true)]
    public async Task Page_WhileARunWaits_HasNoBarrierFitsItsWidthAndRunsNoWords(int width, bool isDark)
    {
        await using var reader = await served.OpenAsync(width, isDark);
        var page = reader.Page;
        var released = new TaskCompletionSource();
        var (troubled, slow) = (served.Case.Forum.Users[2].Did, served.Case.Forum.Users[3].Did);
        foreach (var user in served.Case.Forum.Users)
            ServedPage.Write(user);
        served.Case.Pds.Fault = request => request switch
        {
            { IsListing: true } when request.Did == troubled => Sample.PdsFault.Error(503, "Unavailable", ServedPage.Hostile),
            { IsListing: true } when request.Did == slow => Sample.PdsFault.HeldUntil(released.Task),
            _ => null,
        };
        await Button(page, "Full sync").ClickAsync();
        await Expect(page.Locator("#waiting li")).ToContainTextAsync(troubled, new() { Timeout = Long });
        await Expect(page.Locator("#waiting li")).ToContainTextAsync("next attempt");
        await Expect(page.Locator("#hosts li")).ToContainTextAsync($"{served.Case.Pds.Origin.Authority}1 repository, the first in ");
        await Expect(page.Locator("#reading li")).ToHaveTextAsync(slow);
        // Directory and PDS are one here: the request that is held, at the least.
        await Expect(page.Locator("#asked li")).ToContainTextAsync($"{served.Case.Pds.Origin.Authority}1 request under way", Patient);
        await Expect(page.Locator("#asked li")).ToContainTextAsync("in the last minute");
        await Expect(page.Locator("#ailing li")).ToContainTextAsync("has made no progress for", Patient);
        await PictureAsync(page, isDark ? "page-phone" : "page-desk");
        await Expect(page.Locator("#waiting li")).ToBeHiddenAsync();
        await page.GetByText("Waiting: 1 repository").ClickAsync();
        await page.Locator("#waiting button").ClickAsync();
        await Expect(page.Locator("#repo-figures")).ToContainTextAsync("next attempt");

        Assert.Empty(await reader.FindBarriersAsync());
        Assert.InRange(await reader.OverhangAsync(), int.MinValue, 0);
        Assert.Null(await page.EvaluateAsync<int?>("window.ran ?? null"));
        const string Brightness = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number).slice(0, 3).reduce((a, b) => a + b) / 3";
        Assert.Equal(isDark, await page.EvaluateAsync<double>(Brightness) < 50);
        Assert.Empty(reader.Complaints);

        // What has the focus goes when it has been read; its reader stays in the place.
        await page.GetByText("Being read the longest").ClickAsync();
        await page.Locator($"#reading [data-did='{slow}']").FocusAsync();
        released.SetResult();
        await Expect(page.Locator("#now-title")).ToBeFocusedAsync(new() { Timeout = Long });
        await page.Locator("#waiting summary").FocusAsync();
        using var admin = new AdminClient(served.Case.Site.AdminPort, ServedPage.Token);
        (await admin.ChangeAsync((await admin.RunsAsync())[0].RunId!.Value, "cancel")).EnsureSuccessStatusCode().Dispose();
        await Expect(page.Locator("#now-title")).ToContainTextAsync("cancelled", Patient);
        await Expect(page.Locator("#now-title")).ToBeFocusedAsync();
        served.Case.Pds.Fault = null;
        await Expect(page.Locator("#ailing li")).ToHaveCountAsync(0, new() { Timeout = Long });
    }

    [Fact]
    public async Task Errors_NotToBeHadForAWhile_AreAskedForAgainByThePageItself()
    {
        await using var reader = await served.OpenAsync();
        var page = reader.Page;
        var isAway = true;
        await page.RouteAsync("**/errors?*", route => isAway
            ? route.FulfillAsync(new() { Status = 503, ContentType = "application/problem+json", Body = """{"detail":"The database is away."}""" })
            : route.ContinueAsync());
        await page.ReloadAsync();
        await Expect(page.Locator("#errors-said")).ToHaveTextAsync("The database is away.", new() { Timeout = Long });

        isAway = false;

        await Expect(page.Locator("#errors-said")).ToBeEmptyAsync(new() { Timeout = Long });
        await Expect(page.Locator("#errors > li, #no-errors:visible")).Not.ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Start_WithAccountsThatAreNone_NamesThemAndKeepsThem()
    {
        await using var reader = await served.OpenAsync();
        var page = reader.Page;
        await page.GetByText("Accounts to read besides").ClickAsync();
        await page.GetByLabel("Their DIDs").FillAsync($"{served.Careless.Did}\nnobody\n\n  did:plc");
        await Button(page, "Full sync").ClickAsync();

        await Expect(page.Locator("#start-said")).ToContainTextAsync("nobody, did:plc");
        await Expect(page.GetByLabel("Their DIDs")).ToHaveValueAsync(new Regex("nobody"));
        Assert.Empty(await reader.FindBarriersAsync());

        // No live stream has a cursor here, which would make a run needless.
        const string NotNoted = "No run is needed (cursor_fresh), and the DIDs listed are not noted.";
        await page.RouteAsync("**/api/admin/backfill", route => route.FulfillAsync(new() { ContentType = "application/json", Body = $$"""{"outcome":"not_needed","message":"{{NotNoted}}"}""" }));
        await page.GetByLabel("Their DIDs").FillAsync(served.Careless.Did);
        await Button(page, "If needed").ClickAsync();
        await Expect(page.Locator("#start-said")).ToHaveTextAsync(NotNoted);
        await Expect(page.GetByLabel("Their DIDs")).ToHaveValueAsync(served.Careless.Did);

        // The sign-out is in another tab.
        await page.Context.ClearCookiesAsync();
        await Button(page, "Catch-up").ClickAsync();
        await Expect(page.Locator("#start-said")).ToHaveTextAsync("You have been signed out: sign in again.");
    }

    [Fact]
    public async Task Answers_OfEveryKind_HaveTheirHeadersAndScriptsNeedTheToken()
    {
        var ends = TestContext.Current.CancellationToken;
        using var stranger = new AdminClient(served.Case.Site.AdminPort);
        using var admin = new AdminClient(served.Case.Site.AdminPort, ServedPage.Token);
        foreach (var path in new[] { "/", "/page/page.js", "/page/page.css", "/signin", "/api/admin/backfill", "/nowhere", "/health/live" })
        {
            using var answer = await admin.Http.GetAsync(path, ends);
            Assert.Equal(
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
                Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("same-origin", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
        }

        foreach (var path in new[] { "/", "/page/page.js", "/page/api.js" })
        {
            using var refused = await stranger.Http.GetAsync(path, ends);
            Assert.Equal((path, System.Net.HttpStatusCode.Unauthorized), (path, refused.StatusCode));
        }
    }

    [Fact]
    public async Task Post_OfAPageOnAnotherPort_HasTheCookieAndIsRefused()
    {
        await using var reader = await served.OpenAsync();
        using var admin = new AdminClient(served.Case.Site.AdminPort, ServedPage.Token);
        var before = (await admin.RunsAsync()).Count;
        // The PDS is on this host too: the same site to a cookie, another origin to us.
        await reader.Page.GotoAsync(served.Case.Pds.Origin.ToString());
        // That it is let in when it only looks, unseen by its script, shows that the cookie comes along.
        Assert.Equal(200, await StatusAsync("GET"));
        Assert.Equal(403, await StatusAsync("POST"));
        Assert.Equal(before, (await admin.RunsAsync()).Count);

        async Task<int> StatusAsync(string method) => (await reader.Page.RunAndWaitForResponseAsync(
            () => reader.Page.EvaluateAsync($"void fetch('{served.Origin}api/admin/backfill?force=full_sync', {{ method: '{method}', mode: 'no-cors', credentials: 'include' }})"),
            answer => answer.Request.Method == method && answer.Url.Contains("/api/admin/backfill", StringComparison.Ordinal))).Status;
    }

    [GeneratedRegex(@"goes on by itself after \d+ \w+ \d{4}, \d\d:\d\d:\d\d, as often")]
    private static partial Regex AfterAMoment();

    static LocatorAssertionsToContainTextOptions Patient => new() { Timeout = Long };

    static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    static async Task TabToAsync(IPage page, string text, string key = "Tab")
    {
        for (var i = 0; i < 60; i++)
        {
            await page.Keyboard.PressAsync(key);
            if (await page.EvaluateAsync<string>("(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()") == text)
                return;
        }

        Assert.Fail($"No way leads to '{text}' by {key}.");
    }

    /// <summary>Takes a picture of the whole page into the folder that PICTURES names, to be looked at.</summary>
    static async Task PictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("PICTURES") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png"), FullPage = true });
    }
}
