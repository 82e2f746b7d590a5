using System.Net;
using System.Security.Claims;
using Atbb.Indexing.Access;
using Atbb.Silo.Admin;
using Atbb.Silo.Configuration;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Atbb.Silo.Access;

/// <summary>
/// Who may use the admin HTTP, the operator's page and the dashboard. With a token: whoever presents it, as a bearer or by the cookie of a sign-in. Without one:
/// this machine, and no web page that a browser on it may have open.
/// </summary>
static class AdminAccess
{
    /// <summary>The policy of every admin route, of the operator's page and of the dashboard.</summary>
    public const string Policy = "admin";

    /// <summary>The cookie of a sign-in.</summary>
    public const string CookieName = "atbb";

    /// <summary>Adds the schemes and the policy.</summary>
    public static IServiceCollection AddAdminAccess(this IServiceCollection services)
    {
        services.AddSingleton<WrongTokens>();
        services.AddSingleton<SignIns>();
        services
            .AddAuthentication(Policy)
            // One answers for both, or both would write their refusal into one answer.
            .AddPolicyScheme(Policy, null, options => options.ForwardDefaultSelector = context => SchemeOf(context.Request))
            .AddScheme<AuthenticationSchemeOptions, BearerTokenScheme>(BearerTokenScheme.Name, _ => { })
            .AddCookie(options =>
            {
                options.Cookie.Name = CookieName;
                options.Cookie.HttpOnly = true;
                options.Cookie.SameSite = SameSiteMode.Strict;
                options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                options.ExpireTimeSpan = SignInStore.Lasts;
                options.SlidingExpiration = false;
                options.LoginPath = SignIn.Path;
                options.ReturnUrlParameter = SignIn.ReturnUrl;
                options.Events.OnRedirectToLogin = SignIn.ChallengeAsync;
                options.Events.OnValidatePrincipal = SignIns.ValidateAsync;
            });
        // A sign-in lasts no longer than the token it was made with.
        services.AddOptions<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme).Configure<AtbbSettings>((options, settings) =>
            options.TicketDataFormat = new TicketDataFormat(new TokenProtector(settings.Admin.Token ?? "")));
        services.AddAuthorizationBuilder().AddPolicy(Policy, policy => policy.RequireAuthenticatedUser());
        return services;
    }

    // A browser has the cookie, or is sent to fetch it; its later questions are not for pages, and have the cookie too.
    static string SchemeOf(HttpRequest request) =>
        !request.Headers.ContainsKey("Authorization") && (request.Cookies.ContainsKey(CookieName) || IsForAPerson(request)) && HasToken(request)
            ? CookieAuthenticationDefaults.AuthenticationScheme
            : BearerTokenScheme.Name;

    /// <summary>Whether a person looks at the answer.</summary>
    public static bool IsForAPerson(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);

    static bool HasToken(HttpRequest request) =>
        request.HttpContext.RequestServices.GetRequiredService<AtbbSettings>().Admin.Token is { Length: > 0 };

    /// <summary>The guard that stands before everything else.</summary>
    public static WebApplication UseAdminAccess(this WebApplication app, AdminSettings settings)
    {
        app.Use((context, next) => Refusal(context.Request, isOpen: string.IsNullOrEmpty(settings.Token)) is { } refusal
            ? refusal.ExecuteAsync(context)
            : next(context));
        app.UseAuthentication();
        app.UseAuthorization();
        return app;
    }

    /// <summary>The one user there is.</summary>
    public static ClaimsPrincipal Operator(string scheme) => new(new ClaimsIdentity([new Claim(ClaimTypes.Name, "operator")], scheme));

    /// <summary>Why a request is not answered at all; null when it may go on to be authenticated.</summary>
    static IResult? Refusal(HttpRequest request, bool isOpen)
    {
        // A page elsewhere can make a browser ask this address under a name of its own (DNS rebinding): the name gives it away.
        if (isOpen && !IsLoopback(request.Host.Host))
            return Problems.ForeignHost($"Without a token this service answers to loopback names only, not to '{request.Host.Host}'. Set Atbb:Admin:Token to use it under another name.");

        // Whatever else this process was told to listen on: a Host header is the caller's own word.
        if (isOpen && request.HttpContext.Connection is { LocalIpAddress: { } address } && !IPAddress.IsLoopback(address))
            return Problems.ForeignHost("Without a token this service answers on loopback only. Set Atbb:Admin:Token to use it from elsewhere.");

        // A proxy on this machine comes from loopback, by a loopback name, with whoever asks it.
        if (isOpen && ProxyHeaders.FirstOrDefault(request.Headers.ContainsKey) is { } header)
            return Problems.ForeignHost($"A proxy has handed this request on ({header}), and without a token everybody behind it would be the operator. Set Atbb:Admin:Token.");

        // A browser says where a write comes from; programs say nothing.
        var isWrite = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);
        // Not the scheme: behind a proxy that ends TLS the browser's is another than ours.
        if (isWrite && request.Headers.Origin.FirstOrDefault() is { } origin && !IsOf(origin, request.Host))
            return Problems.ForeignOrigin($"A page of '{origin}' may not write here. Write from a page of this service, or from a program, which sends no Origin.");
        if (isWrite && request.Headers["Sec-Fetch-Site"].FirstOrDefault() is { } site && site is not ("same-origin" or "none"))
            return Problems.ForeignOrigin("A page of another origin may not write here. Write from a page of this service, or from a program, which sends no Sec-Fetch-Site.");
        return null;
    }

    static readonly string[] ProxyHeaders = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via"];

    static bool IsOf(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var url)
        // Another port of the same host is another's page, and the same site to a cookie. A proxy may name the port that goes without saying.
        && url.Host.Equals(host.Host, StringComparison.OrdinalIgnoreCase)
        && (host.Port is { } port ? url.Port == port : url.IsDefaultPort);

    /// <summary>Whether a host's name or address is this machine's own, and stays on it.</summary>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
