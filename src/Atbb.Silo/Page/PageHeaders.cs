using Atbb.Silo.Hosting;

namespace Atbb.Silo.Page;

/// <summary>What a browser is told about every answer. Texts are strangers': should one ever get in as more than a text, nothing in it may run.</summary>
static class PageHeaders
{
    const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    // The Orleans Dashboard has scripts and styles inline.
    const string DashboardPolicy = "frame-ancestors 'none'";

    /// <summary>Puts them on every answer.</summary>
    public static void UsePageHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        // When the answer begins: what breaks on its way to an answer has its headers taken away.
        context.Response.OnStarting(static state =>
        {
            var it = (HttpContext)state;
            it.Response.Headers.ContentSecurityPolicy = it.Request.Path.StartsWithSegments(WebHosting.DashboardPath) ? DashboardPolicy : Policy;
            it.Response.Headers.XContentTypeOptions = "nosniff";
            // Not none at all: a browser would then say of a form of ours that it comes from nowhere.
            it.Response.Headers["Referrer-Policy"] = "same-origin";
            it.Response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
            return Task.CompletedTask;
        }, context);
        return next(context);
    });
}
