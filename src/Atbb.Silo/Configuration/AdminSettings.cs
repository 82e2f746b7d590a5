namespace Atbb.Silo.Configuration;

/// <summary>The admin HTTP and the dashboard.</summary>
sealed class AdminSettings
{
    /// <summary>Where to listen, as <c>http://address:port</c>. Default http://127.0.0.1:5080. Without a token, a loopback address only.</summary>
    public string Url { get; set; } = "http://127.0.0.1:5080";

    /// <summary>
    /// What a client must present as a bearer token, and a browser once when it signs in. At least 16 characters. Default none: then only this
    /// machine is answered.
    /// </summary>
    public string? Token { get; set; }

    /// <summary>
    /// Whether to believe <c>X-Forwarded-Proto</c> and <c>X-Forwarded-For</c>, from whomever they come. Default false; needs a token. For a proxy that ends TLS and sets both on every
    /// request: the cookie of a sign-in is then <c>Secure</c>, and wrong tokens are counted by the browser's address and not by the proxy's. Where no proxy sets them, callers can.
    /// </summary>
    public bool TrustForwardedHeaders { get; set; }
}
