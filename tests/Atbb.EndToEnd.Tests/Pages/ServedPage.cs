using Atbb.EndToEnd.Tests.Processes;
using Atbb.Indexing.Databases;
using Atbb.Sample;
using Atbb.Testing.Browser;
using static Microsoft.Playwright.Assertions;

namespace Atbb.EndToEnd.Tests.Pages;

/// <summary>A service with its operator's page, for all tests of a class: its forum is small, and one of its records is not to be indexed.</summary>
public sealed class ServedPage : IAsyncLifetime
{
    /// <summary>What would run if it were ever taken for HTML.</summary>
    public const string Hostile = "<img src=x onerror=window.ran=1><script>window.ran=2</script>";

    public const string Token = "a token of sixteen and more";

    ForumCase? forum;
    AtbbProcess? process;

    public Uri Origin => new($"http://127.0.0.1:{Case.Site.AdminPort}");

    internal ForumCase Case => forum!;

    internal AtbbProcess Process => process!;

    /// <summary>Whose last post has a time that is none.</summary>
    public SampleRepo Careless => Case.Forum.Users[0];

    public string CarelessPost { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        forum = await ForumCase.CreateAsync(DatabaseKind.Sqlite, new() { Users = 6, PostsPerUser = 5 });
        CarelessPost = Careless.Add(ForumRecords.Post, PostAt(Hostile)).Rkey;
        // What is held, and what is refused, stays so for as long as a page is looked at.
        process = Case.Site.Serve([
            .. AtbbSite.Set("Admin:Token", Token), .. AtbbSite.Set("Backfill:StalledAfter", "00:00:02"),
            .. AtbbSite.Set("Network:RequestTimeout", "00:02:00"), .. AtbbSite.Set("Backfill:MaxAttempts", 100),
            .. Case.Dids.SelectMany((did, i) => AtbbSite.Set($"Forum:Dids:{i}", did))]);
        using var admin = new AdminClient(Case.Site.AdminPort, Token);
        await admin.ReadyAsync(process);
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
            await process.DisposeAsync();
        if (forum is not null)
            await forum.DisposeAsync();
    }

    /// <summary>Opens the page as an operator who has to sign in first.</summary>
    public async Task<BrowserPage> OpenAsync(int width = 1200, bool isDark = false)
    {
        Assert.SkipWhen(ChromiumBrowser.MayBeSkipped, "Chromium is not installed.");
        var page = await ChromiumBrowser.OpenAsync(Origin, width, isDark);
        await page.GoAsync("/");
        await page.Page.GetByLabel("Admin token").FillAsync(Token);
        await page.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page.Page.Locator("#verdict")).ToContainTextAsync("index", new() { Timeout = 60_000 });
        return page;
    }

    /// <summary>Whoever was careless is so again, should another test have mended it.</summary>
    public void SpoilPost() => Careless.Put(ForumRecords.Post, CarelessPost, PostAt(Hostile));

    /// <summary>Its author gives the post a time.</summary>
    public void MendPost() => Careless.Put(ForumRecords.Post, CarelessPost, PostAt("2026-01-01T00:00:00Z"));

    static string PostAt(string time) => $$"""{"$type":"space.atbb.post","text":"Hello","createdAt":"{{time}}"}""";

    /// <summary>Everybody has written, and no page of records is answered from now on, until what is returned is set.</summary>
    public TaskCompletionSource HoldListings()
    {
        var released = new TaskCompletionSource();
        Spoil(PdsFault.HeldUntil(released.Task));
        return released;
    }

    /// <summary>Lets every repository wait for its next attempt: a run cannot come to its end before somebody ends it.</summary>
    public void RefuseListings() => Spoil(PdsFault.Error(503, "Unavailable"));

    void Spoil(PdsFault fault)
    {
        foreach (var user in Case.Forum.Users)
            Write(user);
        Case.Pds.Fault = request => request.IsListing ? fault : null;
    }

    /// <summary>Somebody writes a post: the next run has to read the repository.</summary>
    public static void Write(SampleRepo user) =>
        user.Add(ForumRecords.Post, """{"$type":"space.atbb.post","text":"And more","createdAt":"2026-01-02T00:00:00Z"}""");
}
