using Atbb.Indexing.Databases;
using Atbb.Testing.Browser;
using Atbb.Testing.Databases;
using static Microsoft.Playwright.Assertions;

namespace Atbb.AppView.Tests;

/// <summary>The site as a reader meets it, in a real browser, on either database.</summary>
public sealed class SiteTests(ServedForums forums)
{
    public static TheoryData<DatabaseKind> Kinds { get; } = [.. TestDatabase.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Thread_OfThreePages_IsReadInOrderFromTheBoardsToItsEnd(DatabaseKind kind)
    {
        await using var reader = await OpenAsync(kind);
        var page = reader.Page;
        await reader.GoAsync("/");
        await Expect(page.Locator("h1")).ToHaveTextAsync("The Shed");
        await page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Introductions" }).ClickAsync();
        await page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "How to sharpen a scythe" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("How to sharpen a scythe");
        // It stands behind the posts: a page is looked at while it is still being read.
        await Expect(page.Locator(".pager")).ToContainTextAsync("Page 1 of 3");

        var texts = new List<string>(await page.Locator(".text").AllTextContentsAsync());
        await Expect(page.Locator(".answers")).ToContainTextAsync("In reply to");
        foreach (var number in new[] { 2, 3 })
        {
            await page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Next page" }).ClickAsync();
            await Expect(page.Locator(".pager")).ToContainTextAsync($"Page {number} of 3");
            texts.AddRange(await page.Locator(".text").AllTextContentsAsync());
        }

        await Expect(page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Next page" })).ToHaveCountAsync(0);
        Assert.Equal(["With a stone, and often.", .. Enumerable.Range(1, WrittenForum.Replies).Select(i => $"Answer number {i}{(i == 44 ? ", about whetstones" : "")}.")], texts);
        Assert.Empty(reader.Complaints);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Search_WordOfOneReply_LeadsToItsPlaceInItsThread(DatabaseKind kind)
    {
        await using var reader = await OpenAsync(kind);
        var page = reader.Page;
        await reader.GoAsync("/");
        await page.GetByRole(Microsoft.Playwright.AriaRole.Searchbox, new() { Name = "Search posts" }).FillAsync("WHETSTONES number");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("article")).ToHaveCountAsync(1);
        await page.Locator("article h2 a").ClickAsync();

        await Expect(page.Locator("li:target .text")).ToHaveTextAsync("Answer number 44, about whetstones.");
        Assert.Contains("?page=3#post-", page.Url, StringComparison.Ordinal);
        Assert.Empty(reader.Complaints);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Search_WordOfManyPosts_IsPaged(DatabaseKind kind)
    {
        await using var reader = await OpenAsync(kind);
        await reader.GoAsync("/search?q=answer");
        await Expect(reader.Page.Locator("article")).ToHaveCountAsync(20);
        await reader.Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Next page" }).ClickAsync();
        await Expect(reader.Page.Locator(".pager")).ToContainTextAsync("Page 2");
        await reader.Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Next page" }).ClickAsync();

        await Expect(reader.Page.Locator("article")).ToHaveCountAsync(WrittenForum.Replies - 40);
        await Expect(reader.Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Next page" })).ToHaveCountAsync(0);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task BannedMember_IsNowhere_AndOneWhoIsPardonedIsBack(DatabaseKind kind)
    {
        var it = await forums.OnAsync(kind);
        await using var reader = await OpenAsync(kind);
        Assert.Equal(404, await reader.GoAsync($"/threads/{await it.IdOfAsync(it.Forum.OfBanned)}"));
        Assert.Equal(404, await reader.GoAsync($"/posts/{await it.IdOfAsync(it.Forum.ReplyOfBanned)}"));
        Assert.Equal(404, await reader.GoAsync($"/members/{it.Forum.Banned.Did}"));
        await reader.GoAsync("/search?q=zzhats");
        await Expect(reader.Page.Locator("main")).ToContainTextAsync("Nothing was found");
        await reader.GoAsync("/members");
        var names = await reader.Page.Locator(".who").AllTextContentsAsync();
        await reader.GoAsync("/members?page=2");
        names = [.. names, .. await reader.Page.Locator(".who").AllTextContentsAsync()];

        Assert.Equal(it.Forum.Sample.Users.Where(user => user != it.Forum.Banned).Select(user => user.Handle).Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));
        Assert.Equal(200, await reader.GoAsync($"/threads/{await it.IdOfAsync(it.Forum.OfPardoned)}"));
        // So is one whose ban has expired.
        Assert.Equal(200, await reader.GoAsync($"/threads/{await it.IdOfAsync(it.Forum.OfReleased)}"));
        Assert.Equal(200, await reader.GoAsync($"/members/{it.Forum.Released.Did}"));
        Assert.Equal(200, await reader.GoAsync($"/members/{it.Forum.Pardoned.Did}"));
        await Expect(reader.Page.Locator("main")).ToContainTextAsync("Sorry for the zzshouting.");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task ModeratedPosts_HiddenOnesAreGone_LockedOnesSaySo(DatabaseKind kind)
    {
        var it = await forums.OnAsync(kind);
        await using var reader = await OpenAsync(kind);
        await reader.GoAsync("/boards/1");
        await Expect(reader.Page.Locator(".lines li").First.Locator("a, .badge")).ToHaveTextAsync(["Enough of this", "Pinned", "Locked", it.Forum.Author.Handle]);
        await reader.GoAsync($"/threads/{await it.IdOfAsync(it.Forum.Locked)}");
        await Expect(reader.Page.Locator(".notice")).ToContainTextAsync("Locked");
        // What answers a hidden post does not lead to it.
        await Expect(reader.Page.Locator(".answers")).ToHaveCountAsync(0);
        Assert.Equal(["It is closed.", "A zzrestored reply."], await reader.Page.Locator(".text").AllTextContentsAsync());

        foreach (var gone in new[] { it.Forum.Hidden, it.Forum.HiddenReply, it.Forum.ReplyToHidden, it.Forum.HiddenForNow })
            Assert.Equal(404, await reader.GoAsync($"/posts/{await it.IdOfAsync(gone)}"));
        await reader.GoAsync("/search?q=zzhidden");
        await Expect(reader.Page.Locator("main")).ToContainTextAsync("Nothing was found");
        await reader.GoAsync("/search?q=zzrestored");
        await Expect(reader.Page.Locator("article")).ToHaveCountAsync(1);
    }

    /// <summary>Who has written in a topic that is hidden, and in other forums.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task MemberPage_HowManyPostsItSays_AreAsManyAsItLists(DatabaseKind kind)
    {
        var it = await forums.OnAsync(kind);
        await using var reader = await OpenAsync(kind);
        var path = $"/members/{it.Forum.Sample.Users[0].Did}";
        await reader.GoAsync(path);
        var said = await reader.Page.Locator("dt:text-is('Posts') + dd").TextContentAsync();

        var listed = 0;
        for (var number = 1; ; number++)
        {
            await reader.GoAsync($"{path}?page={number}");
            listed += await reader.Page.Locator("article").CountAsync();
            if (await reader.Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Next page" }).CountAsync() == 0)
                break;
        }

        Assert.True(listed > 0);
        Assert.Equal($"{listed}", said);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task HostileText_IsReadAndDoesNotRun(DatabaseKind kind)
    {
        var it = await forums.OnAsync(kind);
        await using var reader = await OpenAsync(kind);
        await reader.GoAsync($"/threads/{await it.IdOfAsync(it.Forum.Attack)}");

        await Expect(reader.Page.Locator("h1")).ToHaveTextAsync("<script>window.ran=6</script>");
        await Expect(reader.Page.Locator(".text")).ToHaveTextAsync(WrittenForum.Hostile);
        await reader.Page.Locator(".text").HoverAsync();
        Assert.Equal(
            ["https://example.com/a", "https://example.com/fine", "at://did:plc:abc/space.atbb.post/1"],
            await reader.Page.Locator(".text a").EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href'))"));
        Assert.Null(await reader.Page.EvaluateAsync<int?>("window.ran ?? null"));
        foreach (var query in new[] { WrittenForum.Hostile, "\" OR ' % -- ( * : ^ NEAR", "a\0b" })
            Assert.Equal(200, await reader.GoAsync($"/search?q={Uri.EscapeDataString(query)}"));
        Assert.Null(await reader.Page.EvaluateAsync<int?>("window.ran ?? null"));
        Assert.Empty(reader.Complaints);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task TitlesOfMarksAndOfNothing_StayInTheirLineAndAreSeen(DatabaseKind kind)
    {
        var it = await forums.OnAsync(kind);
        await using var reader = await OpenAsync(kind);
        await reader.GoAsync("/boards/1");
        var tower = reader.Page.Locator($"a[href='/threads/{await it.IdOfAsync(it.Forum.Towers)}']");

        Assert.Equal(5 + 5 * 4, (await tower.TextContentAsync())!.Length);
        // Nothing outside of its own line is drawn over.
        Assert.Equal("clip", await tower.EvaluateAsync<string>("link => getComputedStyle(link.closest('li')).overflowY"));
        await Expect(reader.Page.Locator($"a[href='/threads/{await it.IdOfAsync(it.Forum.Invisible)}']")).ToHaveTextAsync("What it is about");
        await reader.GoAsync($"/members/{it.Forum.Author.Did}");
        await Expect(reader.Page.Locator($"a[href='/posts/{await it.IdOfAsync(it.Forum.Invisible)}']")).ToHaveTextAsync("What it is about");
        Assert.Equal("clip", await reader.Page.Locator("article").First.EvaluateAsync<string>("card => getComputedStyle(card).overflowY"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Backfill_RunBegins_ThePageFollowsByItself(DatabaseKind kind)
    {
        var it = await forums.OnAsync(kind);
        await using var reader = await OpenAsync(kind);
        await reader.GoAsync("/backfill");
        await Expect(reader.Page.GetByRole(Microsoft.Playwright.AriaRole.Status)).ToContainTextAsync("The index is whole: run ", new() { Timeout = 60_000 });
        var seen = new TaskCompletionSource();
        it.Pds.BeforeAnswer = _ => seen.Task;
        try
        {
            await it.Atbb.StartAsync(Grains.Interfaces.Runs.RunType.FullSync, cancellationToken: TestContext.Current.CancellationToken);
            await Expect(reader.Page.GetByRole(Microsoft.Playwright.AriaRole.Status)).ToContainTextAsync("Reading", new() { Timeout = 60_000 });
        }
        finally
        {
            seen.SetResult();
            it.Pds.BeforeAnswer = null;
        }

        await Expect(reader.Page.GetByRole(Microsoft.Playwright.AriaRole.Status)).ToContainTextAsync("The index is whole: run ", new() { Timeout = 60_000 });
        Assert.Empty(reader.Complaints);
    }

    async Task<BrowserPage> OpenAsync(DatabaseKind kind)
    {
        Assert.SkipWhen(ChromiumBrowser.MayBeSkipped, "Chromium is not installed.");
        return await ChromiumBrowser.OpenAsync((await forums.OnAsync(kind)).Origin);
    }
}
