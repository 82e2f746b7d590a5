using Atbb.Silo.Configuration;
using Atbb.Silo.Page;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Mvc;

namespace Atbb.Silo.Access;

/// <summary>Where a browser presents the token once.</summary>
static class SignIn
{
    public const string Path = "/signin";
    public const string OutPath = "/signout";
    public const string ReturnUrl = "to";

    /// <summary>Maps the form and what takes it.</summary>
    public static void MapSignIn(this WebApplication app)
    {
        app.MapGet(Path, () => Page(message: ""));
        app.MapPost(Path, TakeAsync).DisableAntiforgery();
        app.MapPost(OutPath, (Delegate)LeaveAsync);
    }

    // No antiforgery token: the guard refuses writes from pages of other origins, and signing somebody in needs the token itself.
    static async Task<IResult> TakeAsync(
        HttpContext context, AtbbSettings settings, WrongTokens wrong, SignIns signIns, [FromForm] string? token, [FromQuery(Name = ReturnUrl)] string? to)
    {
        if (settings.Admin.Token is { Length: > 0 } expected && !wrong.Takes(context.Connection.RemoteIpAddress, token ?? "", expected, out var refusedFor))
        {
            if (refusedFor is not { } time)
                return Page("That is not the token.", StatusCodes.Status401Unauthorized);

            context.Response.Headers.RetryAfter = WrongTokens.Seconds(time);
            return Page(WrongTokens.Sentence(time), StatusCodes.Status429TooManyRequests);
        }

        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, await signIns.BeginAsync(context.RequestAborted));
        // Within this service only: a link must not send the operator elsewhere with a fresh cookie.
        return Results.LocalRedirect(to is { Length: > 1 } && to[0] == '/' && to[1] is not ('/' or '\\') && !to.Any(char.IsControl) ? to : OperatorPage.Path);
    }

    static async Task<IResult> LeaveAsync(HttpContext context, SignIns signIns)
    {
        // The cookie stays then, so that it can be done again: without it nobody could end the sign-in any more.
        if (!await signIns.EndAsync(context.User, context.RequestAborted))
            return Results.Text(
                "You are still signed in: the index's database does not answer, and the silos would not hear that you have left. Go back and sign out once it does.",
                statusCode: StatusCodes.Status503ServiceUnavailable);

        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return Results.LocalRedirect(Path);
    }

    /// <summary>A person is sent to the form and back; a program is told.</summary>
    public static Task ChallengeAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        if (AdminAccess.IsForAPerson(context.Request))
            context.Response.Redirect(context.RedirectUri);
        else
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }

    static PageAnswer Page(string message, int status = StatusCodes.Status200OK) => new(
        PageFile.Read("signin.html")
            .Fill("message", message)
            // Of a token that was not looked at, nothing is known.
            .Fill("invalid", status is StatusCodes.Status401Unauthorized ? "true" : "false"),
        status);
}
