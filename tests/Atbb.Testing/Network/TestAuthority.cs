using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Atbb.Testing.Network;

/// <summary>An authority that issues servers' certificates. Nobody trusts it who is not told to.</summary>
public sealed class TestAuthority(string name = "A stranger's authority") : IDisposable
{
    static readonly TimeSpan Life = TimeSpan.FromDays(30);

    /// <summary>What a client trusts that trusts the authority.</summary>
    public X509Certificate2 Root { get; } = Sign($"CN={name}", configure: request =>
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true)));

    /// <summary>A certificate for a host, good from and until so long from now.</summary>
    /// <param name="host">Whose it is.</param>
    /// <param name="from">Less than nothing: it is good already.</param>
    /// <param name="until">Less than nothing: it has run out.</param>
    /// <param name="issuerAt">Where it says that the authority's own is to be had.</param>
    public X509Certificate2 Issue(string host, TimeSpan from, TimeSpan until, string? issuerAt = null)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = RequestFor($"CN={host}", key, host);
        if (issuerAt is not null)
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(ocspUris: null, caIssuersUris: [issuerAt]));
        using var signed = request.Create(Root, now + from, now + until, [1, 2, 3, 4]);
        using var withKey = signed.CopyWithPrivateKey(key);
        return Lasting(withKey);
    }

    /// <summary>A certificate that a host has signed itself.</summary>
    public static X509Certificate2 SelfSigned(string host) => Sign($"CN={host}", host);

    /// <inheritdoc/>
    public void Dispose() => Root.Dispose();

    static X509Certificate2 Sign(string name, string? host = null, Action<CertificateRequest>? configure = null)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = RequestFor(name, key, host);
        configure?.Invoke(request);
        using var signed = request.CreateSelfSigned(now - Life, now + Life);
        return Lasting(signed);
    }

    static CertificateRequest RequestFor(string name, ECDsa key, string? host)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        if (host is null)
            return request;

        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        return request;
    }

    // SslStream wants a key that is not bound to another object's life.
    static X509Certificate2 Lasting(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
}
