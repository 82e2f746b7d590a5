using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using Atbb.Indexing;
using Atbb.Indexing.Access;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Atbb.Silo.Access;

/// <summary>
/// Which sign-ins are good: those that the database has, for every silo on it. A cookie alone would be good until its time is over, also in the hands of
/// whoever copied it before its owner signed out; and one could be made by whoever guesses the token.
/// </summary>
sealed class SignIns(SignInStore store, TimeProvider time)
{
    const string Id = "sign_in";

    // Every request with a cookie waits for the answer, and those that are to say that the database is away shall come.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // Looked at while the database does not answer: the operator must be able to see then what is wrong.
    readonly ConcurrentDictionary<string, Seen> seenHere = new(StringComparer.Ordinal);

    /// <summary>Begins one.</summary>
    public async Task<ClaimsPrincipal> BeginAsync(CancellationToken cancellationToken)
    {
        var id = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var endsAt = time.GetUtcNow() + SignInStore.Lasts;
        Forget();
        await KeepAsync(id, endsAt, cancellationToken);
        var principal = AdminAccess.Operator(CookieAuthenticationDefaults.AuthenticationScheme);
        principal.Identities.First().AddClaim(new Claim(Id, id));
        return principal;
    }

    /// <summary>Lets a cookie in, or not.</summary>
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var signIns = context.HttpContext.RequestServices.GetRequiredService<SignIns>();
        if (IdOf(context.Principal) is not { } id || !await signIns.IsOpenAsync(id, context.HttpContext.RequestAborted))
            context.RejectPrincipal();
    }

    /// <summary>Ends the one that somebody came with, on every silo.</summary>
    /// <returns>False: the database does not answer, and the sign-in is good for as long as it was.</returns>
    public async Task<bool> EndAsync(ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (IdOf(user) is not { } id)
            return true;

        var isEnded = await AskAsync(async token =>
        {
            await store.EndAsync(id, token);
            return true;
        }, cancellationToken) is true;
        if (isEnded)
            seenHere.TryRemove(id, out _);
        return isEnded;
    }

    internal async Task<bool> IsOpenAsync(string id, CancellationToken cancellationToken)
    {
        switch (await AskAsync(token => store.IsOpenAsync(id, token), cancellationToken))
        {
            case true:
                seenHere.AddOrUpdate(id, static (_, last) => new(last, IsKept: true), static (_, seen, _) => seen with { IsKept = true }, time.GetUtcNow() + SignInStore.Lasts);
                return true;
            // The database did not take it when it began here. Where it was ended meanwhile, it stays so.
            case false when seenHere.TryGetValue(id, out var seen) && !seen.IsKept && seen.EndsAt > time.GetUtcNow()
                && await AskAsync(token => store.WasEndedAsync(id, token), cancellationToken) is not true:
                await KeepAsync(id, seen.EndsAt, cancellationToken);
                return true;
            case false:
                seenHere.TryRemove(id, out _);
                return false;
            case null:
                return seenHere.TryGetValue(id, out var known) && known.EndsAt > time.GetUtcNow();
        }
    }

    // Without the database it holds on this silo alone.
    async Task KeepAsync(string id, DateTimeOffset endsAt, CancellationToken cancellationToken)
    {
        var isKept = await AskAsync(async token =>
        {
            await store.AddAsync(id, endsAt, token);
            return true;
        }, cancellationToken) is true;
        seenHere[id] = new(endsAt, isKept);
    }

    /// <returns>Null: the database does not answer.</returns>
    static async Task<bool?> AskAsync(Func<CancellationToken, Task<bool>> ask, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return await ask(patience.Token);
        }
        catch (IndexUnavailableException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    void Forget()
    {
        foreach (var (id, seen) in seenHere)
            if (seen.EndsAt <= time.GetUtcNow())
                seenHere.TryRemove(id, out _);
    }

    internal static string? IdOf(ClaimsPrincipal? user) => user?.FindFirst(Id)?.Value;

    // IsKept: whether the database has it.
    readonly record struct Seen(DateTimeOffset EndsAt, bool IsKept);
}
