using Atbb.AppView.Forum;
using Microsoft.AspNetCore.Components;

namespace Atbb.AppView.Pages;

/// <summary>A page of the site: it shows what it is given, and asks nobody.</summary>
public abstract class ForumPage : ComponentBase
{
    /// <summary>Whose forum it is.</summary>
    [Parameter, EditorRequired]
    public ForumName Forum { get; set; } = ForumName.Unknown;
}
