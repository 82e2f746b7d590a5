namespace Atbb.Silo.Page;

/// <summary>A page that is made anew for each answer, and is not kept: a browser's back button shows nothing to whoever has signed out.</summary>
sealed class PageAnswer(PageFile page, int status = StatusCodes.Status200OK) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = status;
        httpContext.Response.ContentType = "text/html; charset=utf-8";
        httpContext.Response.Headers.CacheControl = "no-store";
        await httpContext.Response.Body.WriteAsync(page.Content, httpContext.RequestAborted);
    }
}
