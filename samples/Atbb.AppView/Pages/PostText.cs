using System.Text.RegularExpressions;
using Atbb.AppView.Forum;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Atbb.AppView.Pages;

/// <summary>A stranger's text: as text, with its addresses as links where these are of the web or of the protocol, and of nothing else.</summary>
public sealed partial class PostText : ComponentBase
{
    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var text = StrangersText.Tame(Text);
        var shown = 0;
        foreach (var match in Address().Matches(text).AsEnumerable())
        {
            // The full stop after an address ends its sentence, and the bracket was opened before it.
            var address = match.Value.TrimEnd('.', ',', ';', ':', '!', '?', ')', ']', '\'', '"', '*', '_');
            if (!IsLink(address))
                continue;
            builder.AddContent(0, text[shown..match.Index]);
            builder.OpenElement(1, "a");
            builder.AddAttribute(2, "href", address);
            builder.AddAttribute(3, "rel", "nofollow ugc noopener noreferrer");
            builder.AddContent(4, address);
            builder.CloseElement();
            shown = match.Index + address.Length;
        }

        builder.AddContent(5, text[shown..]);
    }

    // at:// has a DID for its host, which no parser of web addresses takes.
    static bool IsLink(string address) =>
        address.StartsWith("at://", StringComparison.OrdinalIgnoreCase)
            ? address.Length > "at://".Length
            : Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0;

    [GeneratedRegex("""\b(?:https?|at)://[^\s<>"]+""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Address();
}
