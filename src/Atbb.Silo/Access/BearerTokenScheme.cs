using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Atbb.Silo.Admin;
using Atbb.Silo.Configuration;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Atbb.Silo.Access;

/// <summary><c>Authorization: Bearer …</c> with the configured token. Without a configured one, everybody the guard lets through is the operator.</summary>
sealed class BearerTokenScheme(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, AtbbSettings settings, WrongTokens wrong)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Name = "Bearer";

    const string Prefix = "Bearer ";

    TimeSpan? refusedFor;
    bool isWrong;

    /// <summary>Compares in constant time, and hashes first: so neither the token's characters nor its length can be felt out.</summary>
    public static bool IsToken(string presented, string token) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(presented)), SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (settings.Admin.Token is not { Length: > 0 } token)
            return Task.FromResult(Success());

        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return Task.FromResult(AuthenticateResult.NoResult());

        isWrong = !wrong.Takes(Context.Connection.RemoteIpAddress, header[Prefix.Length..].Trim(), token, out refusedFor);
        return Task.FromResult(!isWrong ? Success() : AuthenticateResult.Fail(refusedFor is null ? "The token is wrong." : "Too many wrong tokens."));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (refusedFor is { } time)
        {
            Response.Headers.RetryAfter = WrongTokens.Seconds(time);
            await Problems.TooManyWrongTokens(WrongTokens.Sentence(time)).ExecuteAsync(Context);
            return;
        }

        Response.Headers.WWWAuthenticate = Name;
        await (isWrong ? Problems.WrongToken() : Problems.TokenNeeded()).ExecuteAsync(Context);
    }

    static AuthenticateResult Success() => AuthenticateResult.Success(new AuthenticationTicket(AdminAccess.Operator(Name), Name));
}
