using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Atbb.Testing.Browser;

/// <summary>A page that is open in a browser, and what it complained of.</summary>
public sealed class BrowserPage : IAsyncDisposable
{
    readonly IBrowserContext context;
    readonly List<string> complaints = [];

    internal BrowserPage(IBrowserContext context, IPage page)
    {
        this.context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                Note(message.Text);
        };
        page.PageError += (_, error) => Note(error);
        page.Dialog += async (_, dialog) =>
        {
            Note($"a dialog: {dialog.Message}");
            await dialog.DismissAsync();
        };
    }

    /// <summary>The page, to be driven.</summary>
    public IPage Page { get; }

    /// <summary>Errors of scripts, violations of the content policy, answers that were errors, dialogs.</summary>
    public IReadOnlyList<string> Complaints
    {
        get
        {
            lock (complaints)
                return [.. complaints];
        }
    }

    /// <summary>Goes to an address.</summary>
    /// <returns>The status of the answer.</returns>
    public async Task<int> GoAsync(string address) => (await Page.GotoAsync(address))!.Status;

    /// <summary>What axe-core finds against WCAG 2.2 A and AA and its own best practices: one line a rule, with the elements at fault.</summary>
    public async Task<IReadOnlyList<string>> FindBarriersAsync() =>
        [.. (await Page.RunAxe()).Violations.Select(rule => $"{rule.Id} ({rule.Impact}): {rule.Help}: {string.Join(" | ", rule.Nodes.Select(node => node.Html))}")];

    /// <summary>How many pixels stick out to the side: what has to be scrolled for.</summary>
    public Task<int> OverhangAsync() => Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

    /// <summary>Closes the page and forgets its profile.</summary>
    public ValueTask DisposeAsync() => context.DisposeAsync();

    void Note(string complaint)
    {
        lock (complaints)
            complaints.Add(complaint);
    }
}
