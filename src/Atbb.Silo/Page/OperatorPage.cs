using Atbb.Silo.Access;
using Atbb.Silo.Configuration;

namespace Atbb.Silo.Page;

/// <summary>The operator's page and the files it is made of. It shows and does what the admin HTTP does, and knows nothing besides.</summary>
static class OperatorPage
{
    /// <summary>Where the page is.</summary>
    public const string Path = "/";

    const string Folder = "/page/";

    const string SignOutForm = $"""<form method="post" action="{SignIn.OutPath}"><button class="plain">Sign out</button></form>""";

    /// <summary>Maps the page and its files.</summary>
    public static void MapOperatorPage(this WebApplication app)
    {
        app.MapGet(Path, (AtbbSettings settings) => new PageAnswer(PageFile.Read("index.html")
            .Fill("forum", settings.Forum.Did ?? "")
            // Without a token nobody has signed in.
            .Insert("sign-out", settings.Admin.Token is { Length: > 0 } ? SignOutForm : ""))).RequireAuthorization(AdminAccess.Policy);

        foreach (var file in PageFile.All.Where(file => !file.IsPage))
        {
            // No secret is in them, but whoever has not signed in has no need of them either, except for the form's own looks.
            var route = app.MapGet(Folder + file.Name, file.ToResult);
            if (file.IsScript)
                route.RequireAuthorization(AdminAccess.Policy);
        }
    }
}
