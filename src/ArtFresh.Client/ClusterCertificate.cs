using System.Diagnostics.CodeAnalysis;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;

namespace ArtFresh.Client;

/// <summary>
/// Mutual TLS between the members and clients of a cluster: each shows a certificate of the cluster's own authority, and refuses peers without one. Names are not
/// compared, because members change their addresses: every certificate of the authority is accepted.
/// </summary>
public sealed class ClusterCertificate
{
    /// <summary>TLS requires a host name. Certificates with other names are accepted.</summary>
    private const string TargetHost = "artfresh";

    private readonly X509Certificate2 _own;
    private readonly X509Certificate2Collection _authority = [];

    private ClusterCertificate(string certificatePath, string keyPath, string authorityPath)
    {
        _authority.ImportFromPemFile(authorityPath);
        using var pem = X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
        // Windows' TLS does not accept a key that is in memory only.
        _own = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        if (!IsOfAuthority(_own))
        {
            throw new CryptographicException($"{certificatePath} is valid from {_own.NotBefore:u} to {_own.NotAfter:u}; it is out of date, or was not issued by the authority in {authorityPath}.");
        }
    }

    /// <summary>Reads the files that <c>artfresh certificates</c> makes, or others of the form.</summary>
    /// <param name="certificatePath">PEM file of the certificate to show.</param>
    /// <param name="keyPath">PEM file of its private key.</param>
    /// <param name="authorityPath">PEM file of the authority's certificate. Use the cluster's own authority, because a public one issues certificates to anybody.</param>
    /// <exception cref="IOException">A file is missing.</exception>
    /// <exception cref="CryptographicException">A file is malformed, or the certificate is out of date or another authority's.</exception>
    public static ClusterCertificate Load(string certificatePath, string keyPath, string authorityPath) => new(certificatePath, keyPath, authorityPath);

    /// <summary>For <c>UseTls</c> of a silo or client: shows this certificate, and requires one of the peer.</summary>
    public void Configure(TlsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.LocalCertificate = _own;
        options.LocalClientCertificateSelector = (_, _, _, _, _) => _own;
        options.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.RemoteCertificateValidation = (remote, _, _) => IsOfAuthority(remote);
        options.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        options.OnAuthenticateAsClient = (_, client) => client.TargetHost = TargetHost;
    }

    private bool IsOfAuthority([NotNullWhen(true)] X509Certificate2? certificate)
    {
        if (certificate is null)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(certificate);
    }
}
