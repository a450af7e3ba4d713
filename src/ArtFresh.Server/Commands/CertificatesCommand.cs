using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ArtFresh.Server;

/// <summary><c>certificates</c>: makes an authority and a member's certificate for TLS inside a cluster. Nothing that exists is overwritten.</summary>
internal static class CertificatesCommand
{
    private const int AuthorityYears = 20;
    private const int MemberYears = 2;
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    /// <summary>Members' clocks may differ.</summary>
    private static readonly TimeSpan ClockSkewMax = TimeSpan.FromHours(1);

    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "Gets authority.pem and authority.key, unless they are there, and member.pem and member.key." };
        var json = OperatorCommands.JsonOption();
        var certificates = new Command("certificates", $"Makes a certificate ({MemberYears} years) for the members of a cluster, and its authority: see Cluster:Certificate.") { folder, json };
        certificates.SetAction((parsed, _) => OperatorCommands.GuardAsync(() => Task.FromResult(Make(parsed.GetValue(folder)!, parsed.GetValue(json)))));
        return certificates;
    }

    private static int Make(string folder, bool isJson)
    {
        var (authorityPath, authorityKey) = (Path.Combine(folder, "authority.pem"), Path.Combine(folder, "authority.key"));
        var (memberPath, memberKey) = (Path.Combine(folder, "member.pem"), Path.Combine(folder, "member.key"));
        if (new[] { memberPath, memberKey }.FirstOrDefault(File.Exists) is { } present)
        {
            throw new SettingException($"{present} exists and is not overwritten. Move it away to make another by the same authority.");
        }

        if (File.Exists(authorityPath) != File.Exists(authorityKey))
        {
            throw new SettingException($"{authorityPath} and {authorityKey} belong together, and one is missing: put it there, or name another folder.");
        }

        PrivateFiles.CreateFolder(folder);
        var now = TimeProvider.System.GetUtcNow();
        using var authority = File.Exists(authorityPath) ? LoadAuthority(authorityPath, authorityKey) : MakeAuthority(now);
        if (!File.Exists(authorityPath))
        {
            Write(authority, authorityPath, authorityKey);
        }

        using var member = MakeMember(authority, now);
        Write(member, memberPath, memberKey);
        var validUntil = new DateTimeOffset(member.NotAfter.ToUniversalTime());
        OperatorConsole.WriteResult(
            isJson,
            new { Authority = authorityPath, AuthorityKey = authorityKey, Certificate = memberPath, CertificateKey = memberKey, ValidUntil = validUntil },
            $"{authorityPath}, {memberPath} and {memberKey} are for members and clients; keep {authorityKey} elsewhere. Valid until {validUntil:yyyy-MM-dd}.");
        return 0;
    }

    private static X509Certificate2 LoadAuthority(string path, string keyPath)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(path, keyPath);
        }
        catch (CryptographicException malformed)
        {
            throw new SettingException($"{path} and {keyPath} are no certificate and its key: {malformed.Message}");
        }
    }

    private static X509Certificate2 MakeAuthority(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=ArtFresh cluster authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(now - ClockSkewMax, now.AddYears(AuthorityYears));
    }

    private static X509Certificate2 MakeMember(X509Certificate2 authority, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=ArtFresh cluster member", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerUsage), new Oid(ClientUsage)], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var end = now.AddYears(MemberYears);
        using var issued = request.Create(authority, now - ClockSkewMax, end < authority.NotAfter ? end : authority.NotAfter, RandomNumberGenerator.GetBytes(16));
        return issued.CopyWithPrivateKey(key);
    }

    private static void Write(X509Certificate2 certificate, string path, string keyPath)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        PrivateFiles.Write(keyPath, key.ExportPkcs8PrivateKeyPem() + "\n");
        PrivateFiles.Write(path, certificate.ExportCertificatePem() + "\n");
    }
}
