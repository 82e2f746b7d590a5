using Atbb.Indexing.Databases;
using Atbb.Testing.Browser;
using static Microsoft.Playwright.Assertions;

namespace Atbb.AppView.Tests;

/// <summary>The site for everybody: by keyboard, by screen reader, in the dark, on a phone, without scripts.</summary>
public sealed class AccessTests(ServedForums forums)
{
    const int Phone = 360;

    [Theory]
    [InlineData(1200, false)]
    [InlineData(Phone, true)]
    public async Task EveryPage_OnADeskAndOnAPhoneInTheDark_HasNoBarrierAndFitsItsWidth(int width, bool isDark)
    {
        var it = await ForumAsync();
        await using var reader = await ChromiumBrowser.OpenAsync(it.Origin, width, isDark);
        var faults = new List<string>();
        foreach (var address in await AddressesAsync(it))
        {
            await reader.GoAsync(address);
            faults.AddRange((await reader.FindBarriersAsync()).Select(barrier => $"{address}: {barrier}"));
            if (await reader.OverhangAsync() is > 0 and var overhang)
                faults.Add($"{address}: {overhang} pixels stick out of {width}");
        }

        Assert.Empty(faults);
    }

    [Fact]
    public async Task Colours_UserWantsDarkPages_AreDark()
    {
        var it = await ForumAsync();
        const string Brightness = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number).slice(0, 3).reduce((a, b) => a + b) / 3";
        await using var light = await ChromiumBrowser.OpenAsync(it.Origin);
        await light.GoAsync("/");
        await using var dark = await ChromiumBrowser.OpenAsync(it.Origin, isDark: true);
        await dark.GoAsync("/");

        Assert.True(await light.Page.EvaluateAsync<double>(Brightness) > 200);
        Assert.True(await dark.Page.EvaluateAsync<double>(Brightness) < 50);
    }

    [Fact]
    public async Task Keyboard_Alone_ReachesAThreadAndSearches()
    {
        var it = await ForumAsync();
        await using var reader = await ChromiumBrowser.OpenAsync(it.Origin);
        var page = reader.Page;
        await reader.GoAsync("/");

        // The first stop is the way past the header, and is seen when it has the focus.
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator(":focus")).ToHaveTextAsync("Skip to content");
        await Expect(page.Locator(":focus")).ToBeInViewportAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("main")).ToBeFocusedAsync();

        await TabToAsync(reader, "Introductions");
        Assert.NotEqual("none", await page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Introductions");
        await TabToAsync(reader, "How to sharpen a scythe");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToHaveTextAsync("How to sharpen a scythe");
        await TabToAsync(reader, "Next page →");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".pager")).ToContainTextAsync("Page 2 of 3");

        await TabToAsync(reader, "");
        await Expect(page.Locator("#q")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("whetstones");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("article")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Links_OnAPhone_AreWideAndHighEnoughForAFinger()
    {
        var it = await ForumAsync();
        await using var reader = await ChromiumBrowser.OpenAsync(it.Origin, Phone);
        var faults = new List<string>();
        foreach (var address in await AddressesAsync(it))
        {
            await reader.GoAsync(address);
            // Links within a sentence are as high as it is.
            faults.AddRange(await reader.Page.EvaluateAsync<string[]>(
                """
                [...document.querySelectorAll("header a:not(.skip), .lines a, .posts h2 a, .facts a, .answers a, .path a, .pager a")]
                    .filter(link => Math.min(link.getBoundingClientRect().width, link.getBoundingClientRect().height) < 24)
                    .map(link => `${location.pathname}: ${link.textContent}`)
                """));
        }

        Assert.Empty(faults);
    }

    [Fact]
    public async Task Boards_OnAPhone_HaveASpaceBetweenTheirFigures()
    {
        var it = await ForumAsync();
        await using var reader = await ChromiumBrowser.OpenAsync(it.Origin, Phone);
        await reader.GoAsync("/");

        Assert.Equal("\" · \"", await reader.Page.Locator(".facts span").First.EvaluateAsync<string>("span => getComputedStyle(span, '::before').content"));
    }

    [Fact]
    public async Task Pages_WithoutScripts_AreWhole()
    {
        var it = await ForumAsync();
        await using var reader = await ChromiumBrowser.OpenAsync(it.Origin, scripts: false);
        // The page does not wait for a service that is slow to answer; without scripts it is loaded anew to see more.
        for (var tries = 0; tries < 100; tries++)
        {
            await reader.GoAsync("/backfill");
            if (await reader.Page.Locator("[data-field=repositories]").TextContentAsync() != "–")
                break;
            await reader.Page.WaitForTimeoutAsync(250);
        }

        await Expect(reader.Page.Locator("[data-field=state]")).Not.ToBeEmptyAsync();
        await Expect(reader.Page.Locator("[data-field=repositories]")).ToContainTextAsync(" of ");
    }

    static async Task TabToAsync(BrowserPage reader, string text)
    {
        // What is not there yet cannot be reached, and is passed.
        await reader.Page.WaitForLoadStateAsync();
        for (var i = 0; i < 100; i++)
        {
            await reader.Page.Keyboard.PressAsync("Tab");
            if (await reader.Page.EvaluateAsync<string>("document.activeElement.textContent.trim()") == text)
                return;
        }

        Assert.Fail($"No way leads to '{text}' by Tab.");
    }

    static async Task<IReadOnlyList<string>> AddressesAsync(ServedForum it) =>
    [
        "/", "/boards/1", $"/threads/{await it.IdOfAsync(it.Forum.Scythe)}", $"/threads/{await it.IdOfAsync(it.Forum.Wide)}",
        $"/threads/{await it.IdOfAsync(it.Forum.Locked)}", "/members", $"/members/{it.Forum.Pardoned.Did}", "/search", "/search?q=answer", "/search?q=nowhere", "/backfill", "/nowhere",
    ];

    async Task<ServedForum> ForumAsync()
    {
        Assert.SkipWhen(ChromiumBrowser.MayBeSkipped, "Chromium is not installed.");
        return await forums.OnAsync(DatabaseKind.Sqlite);
    }
}
