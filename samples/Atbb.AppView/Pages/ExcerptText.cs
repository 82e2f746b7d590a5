using Atbb.AppView.Forum;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Atbb.AppView.Pages;

/// <summary>An excerpt of a stranger's text, as text. Without links: it may end in the middle of an address.</summary>
public sealed class ExcerptText : ComponentBase
{
    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    [Parameter, EditorRequired]
    public SearchWords Words { get; set; } = SearchWords.None;

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        foreach (var part in Excerpt.Of(Text, Words))
        {
            if (!part.IsFound)
            {
                builder.AddContent(0, part.Text);
                continue;
            }

            builder.OpenElement(1, "mark");
            builder.AddContent(2, part.Text);
            builder.CloseElement();
        }
    }
}
