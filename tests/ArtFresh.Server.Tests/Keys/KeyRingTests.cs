using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ArtFresh.Storage.Sqlite;
using ArtFresh.TestWorld;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ArtFresh.Server.Tests;

/// <summary>Whoever has a cookie stays the same listener, whatever becomes of the key's file or of the key in the ledger.</summary>
public sealed class KeyRingTests
{
    private const string Mine = "api/listeners/me/artworks";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("the file is empty")]
    [InlineData("the file is cut off")]
    [InlineData("the folder is gone")]
    [InlineData("the ledger is of the release before")]
    [InlineData("update data_protection_key set xml = ''")]
    [InlineData("update data_protection_key set xml = replace(xml, 'DataProtection,', 'DataProtectio?,')")]
    [InlineData("update data_protection_key set xml = replace(xml, '<value>', '<value>?')")]
    public async Task ListenerIsKnownAfterARestartThough(string fault)
    {
        await using var server = new ServerProcess();
        await server.StartAsync();
        using var listener = new HttpListenerClient(server.Address);
        await listener.SignInAsync();
        await server.StopAsync();
        var (folder, file) = KeyOf(server);
        var key = await File.ReadAllTextAsync(file, Stop);
        switch (fault)
        {
            case "the file is empty":
                await File.WriteAllTextAsync(file, "", Stop);
                break;
            case "the file is cut off":
                await File.WriteAllTextAsync(file, key[..(key.Length / 2)], Stop);
                break;
            case "the folder is gone":
                Directory.Delete(folder, recursive: true);
                break;
            case "the ledger is of the release before":
                Assert.Equal(1, Execute(server, "delete from data_protection_key"));
                break;
            default:
                Assert.Equal(1, Execute(server, fault));
                break;
        }

        await server.StartAsync();

        Assert.Equal(HttpStatusCode.OK, await listener.StatusOfAsync(Mine));
        Assert.Equal([Path.GetFileName(file)], Directory.GetFiles(folder).Select(Path.GetFileName));
        Assert.Contains("masterKey", await File.ReadAllTextAsync(file, Stop), StringComparison.Ordinal);
        Assert.Equal(key, Assert.Single(server.Ledger.Texts("select xml from data_protection_key")));
    }

    [Fact]
    public async Task KeyThatIsBrokenEverywhereIsNamedAndGuestsSignInAnew()
    {
        await using var server = new ServerProcess();
        await server.StartAsync();
        using var listener = new HttpListenerClient(server.Address);
        await listener.SignInAsync();
        await server.StopAsync();
        var (_, file) = KeyOf(server);
        await File.WriteAllTextAsync(file, "", Stop);
        Execute(server, "delete from data_protection_key");

        await server.StartAsync();
        await listener.SignInAsync();

        Assert.Equal(HttpStatusCode.OK, await listener.StatusOfAsync(Mine));
        await server.PrintsAsync($"The key file {Path.GetFileNameWithoutExtension(file)} is empty or broken");
        Assert.True(File.Exists(file + ".broken"));
    }

    [Fact]
    public async Task KeyRestsEncryptedInTheLedgerWhereACertificateIsSet()
    {
        var folder = Directory.CreateTempSubdirectory("artfresh-").FullName;
        using (var rsa = RSA.Create(2048))
        using (var certificate = new CertificateRequest("CN=keys", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1)))
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "keys.pem"), certificate.ExportCertificatePem(), Stop);
            await File.WriteAllTextAsync(Path.Combine(folder, "keys.key"), rsa.ExportPkcs8PrivateKeyPem(), Stop);
        }

        await using var server = new ServerProcess("--ArtFresh:Keys:Certificate", Path.Combine(folder, "keys.pem"), "--ArtFresh:Keys:CertificateKey", Path.Combine(folder, "keys.key"));
        await server.StartAsync();
        using var listener = new HttpListenerClient(server.Address);
        await listener.SignInAsync();

        var stored = Assert.Single(server.Ledger.Texts("select xml from data_protection_key"));
        Assert.Contains("EncryptedKey", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("masterKey", stored, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private static (string Folder, string File) KeyOf(ServerProcess server)
    {
        var folder = Path.Combine(server.DataDirectory, "keys");
        return (folder, Assert.Single(Directory.GetFiles(folder)));
    }

    private static int Execute(ServerProcess server, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(server.DataDirectory, SqliteDatabase.FileName)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this test.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteNonQuery();
    }
}
