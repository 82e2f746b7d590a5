using System.Reflection;
using Microsoft.Playwright;

namespace Atbb.Testing.Browser;

/// <summary>A real browser without a window, shared by all tests of a process. Each test has a profile of its own in it.</summary>
public static class ChromiumBrowser
{
    // A machine that tests run on may be busy with others.
    const float Patience = 60_000;

    // By which name the systems have it.
    static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    static readonly Lazy<string?> Found = new(Find);
    static readonly Lazy<Task<IBrowser>> Shared = new(StartAsync);

    /// <summary>
    /// Whether tests in a browser may be skipped: there is none, and this is somebody's own machine. With <c>CI=true</c> they fail instead.
    /// </summary>
    public static bool MayBeSkipped => Found.Value is null && !CiMachine.IsThis;

    /// <summary>Opens an empty page with a profile of its own.</summary>
    /// <param name="origin">Where addresses without a host lead.</param>
    /// <param name="width">The window's width in CSS pixels.</param>
    /// <param name="isDark">Whether its user wants dark pages.</param>
    /// <param name="scripts">Whether pages may run scripts.</param>
    /// <exception cref="BrowserMissingException">There is no browser to start.</exception>
    public static async Task<BrowserPage> OpenAsync(Uri origin, int width = 1200, bool isDark = false, bool scripts = true)
    {
        ArgumentNullException.ThrowIfNull(origin);
        var browser = await Shared.Value;
        var context = await browser.NewContextAsync(new()
        {
            BaseURL = origin.ToString(),
            ViewportSize = new() { Width = width, Height = 800 },
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            JavaScriptEnabled = scripts,
            Locale = "en-US",
        });
        context.SetDefaultTimeout(Patience);
        return new BrowserPage(context, await context.NewPageAsync());
    }

    static async Task<IBrowser> StartAsync()
    {
        var program = Found.Value ?? throw new BrowserMissingException();
        var package = typeof(ChromiumBrowser).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Playwright").Value!;
        Environment.SetEnvironmentVariable("PLAYWRIGHT_DRIVER_SEARCH_PATH", package);
        MakeExecutable(package);
        // Expectations know nothing of a context's time, and have five seconds of their own.
        Assertions.SetDefaultExpectTimeout(Patience);
        // Ends with this process: its driver reads a pipe, and ends the browser when that closes.
        var playwright = await Playwright.CreateAsync();
        return await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = program,
            Headless = true,
            Timeout = 120_000,
            // Root has no sandbox to begin with, and containers have little shared memory.
            Args = [.. Environment.IsPrivilegedProcess ? new[] { "--no-sandbox" } : [], "--disable-dev-shm-usage"],
        });
    }

    // Packages do not say which of their files are programs.
    static void MakeExecutable(string package)
    {
        if (OperatingSystem.IsWindows())
            return;
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        foreach (var node in Directory.EnumerateFiles(Path.Combine(package, ".playwright", "node"), "node", SearchOption.AllDirectories))
            if ((File.GetUnixFileMode(node) & Execute) != Execute)
                File.SetUnixFileMode(node, File.GetUnixFileMode(node) | Execute);
    }

    static string? Find()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        string?[] candidates = [Environment.GetEnvironmentVariable("CHROMIUM"), .. Names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name)))];
        return candidates.FirstOrDefault(File.Exists);
    }
}
