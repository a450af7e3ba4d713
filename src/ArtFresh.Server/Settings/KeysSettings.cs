using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ArtFresh.Server;

/// <summary>The keys that sign cookies and tokens, where they rest: in the ledger, and for the release before in files of an embedded server.</summary>
public sealed record KeysSettings : IValidatableObject
{
    /// <summary>Who has a copy of the database cannot sign in as a listener without it. Keys that were made before stay in plain text until they expire, after 90 days.</summary>
    [Description("PEM file of an RSA certificate that encrypts the keys of cookies and tokens, the same for all members; without it they rest in plain text")]
    public string? Certificate { get; init; }

    /// <summary>Together with <see cref="Certificate"/>.</summary>
    [Description("PEM file of that certificate's private key")]
    public string? CertificateKey { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Certificate is null != CertificateKey is null)
        {
            yield return new ValidationResult("Certificate and CertificateKey belong together: set both, or none.", [nameof(Certificate)]);
        }
    }

    /// <exception cref="SettingException">The files are no RSA certificate and its key.</exception>
    internal X509Certificate2? LoadCertificate()
    {
        if (Certificate is null)
        {
            return null;
        }

        try
        {
            using var pem = X509Certificate2.CreateFromPemFile(Certificate, CertificateKey);
            using var rsa = pem.GetRSAPrivateKey() ?? throw new CryptographicException("it is no RSA certificate, the only kind that encrypts.");
            // Windows takes no key that is in memory alone.
            return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new SettingException($"ArtFresh:Keys:Certificate or CertificateKey cannot be used: {unusable.Message}");
        }
    }
}
