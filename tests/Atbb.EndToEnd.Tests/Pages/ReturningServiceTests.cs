using Atbb.EndToEnd.Tests.Processes;
using Atbb.Indexing.Databases;
using Atbb.Sample;
using Atbb.Testing.Browser;
using static Microsoft.Playwright.Assertions;

namespace Atbb.EndToEnd.Tests.Pages;

/// <summary>The operator's page while its service goes and comes back.</summary>
public sealed class ReturningServiceTests
{
    [Fact]
    public async Task Service_KilledInARunAndStartedAgain_ThePageSaysSoAndFollowsToTheEnd()
    {
        Assert.SkipWhen(ChromiumBrowser.MayBeSkipped, "Chromium is not installed.");
        await using var it = await ForumCase.CreateAsync(DatabaseKind.Sqlite, new() { Users = 6, PostsPerUser = 5 });
        var released = new TaskCompletionSource();
        it.Pds.Fault = request => request.IsListing && request.Did != it.Forum.Forum.Did ? PdsFault.HeldUntil(released.Task) : null;
        using var admin = new AdminClient(it.Site.AdminPort);
        await using var reader = await ChromiumBrowser.OpenAsync(new($"http://127.0.0.1:{it.Site.AdminPort}"));
        var page = reader.Page;
        await using (var first = it.Site.Serve())
        {
            await admin.ReadyAsync(first);
            // Without a token there is nobody to sign in or out.
            await reader.GoAsync("/");
            await Expect(page.Locator("#verdict")).ToContainTextAsync("no full sync, which reads everything, has come to its end yet");
            await Expect(page.GetByText("Sign out")).ToHaveCountAsync(0);
            await admin.MustStartAsync("full_sync", [.. it.Dids]);
            await Expect(page.Locator("#figures")).ToContainTextAsync("1 of 7", new() { Timeout = 60_000 });
            await Expect(page).ToHaveTitleAsync("in progress 14 % – atBB index");
            await first.KillAsync();
        }

        await Expect(page.GetByRole(Microsoft.Playwright.AriaRole.Alert)).ToContainTextAsync("The service does not answer.", new() { Timeout = 60_000 });
        await using var second = it.Site.Serve(AtbbSite.Set("Backfill:OnStartup", "true"));
        released.SetResult();
        await Expect(page.Locator("#verdict")).ToContainTextAsync("The index is whole", new() { Timeout = 120_000 });
        await Expect(page.GetByRole(Microsoft.Playwright.AriaRole.Alert)).ToBeEmptyAsync();
        await Expect(page.Locator("#figures")).ToContainTextAsync("7 of 7");
        await Expect(page).ToHaveTitleAsync("completed – atBB index");
    }
}
