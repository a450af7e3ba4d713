using ArtFresh.Client;
using ArtFresh.Contracts;
using ArtFresh.TestWorld;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Xunit;

namespace ArtFresh.SystemTests.Cluster;

/// <summary>A cluster whose members show each other certificates that <c>artfresh certificates</c> made.</summary>
public sealed class ClusterCertificateTests
{
    private static readonly TimeSpan RightClientMax = TimeSpan.FromMinutes(2);

    private static readonly string[] Made = ["authority.key", "authority.pem", "member.key", "member.pem"];

    [Fact]
    public async Task MembersAndClientsWithACertificateWorkAndOthersGetNothing()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        var database = PostgresServer.Shared.NewDatabase();
        // These two run commands alone.
        await using var maker = new ServerProcess();
        await using var stranger = new ServerProcess();
        await MakeAsync(maker, maker.DataDirectory);
        await MakeAsync(stranger, stranger.DataDirectory);
        await using var first = new ServerProcess([.. Settings(database), .. Tls(maker), "--ArtFresh:Role", "silo"]);
        await using var second = new ServerProcess([.. Settings(database), .. Tls(maker), "--ArtFresh:Role", "silo"]);
        await using var frontEnd = new ServerProcess([.. Settings(database), .. Tls(maker), "--ArtFresh:Role", "web"]);

        await Task.WhenAll(first.StartAsync(), second.StartAsync());
        await frontEnd.StartAsync();

        using var listener = new HttpListenerClient(frontEnd.Address);
        await listener.SignInAsync();
        Assert.Equal(5, (await listener.FreshAsync(await listener.OpenAsync(), 5, 0.5, 0.5)).Length);
        Assert.Equal(2, await SilosAsync(services => services.AddArtFreshClient(database, certificate: CertificateIn(maker.DataDirectory)), RightClientMax));
        // The same client gets in by the right certificate: it is not for something else that the others fail, nor for lack of time.
        var began = TimeProvider.System.GetTimestamp();
        Assert.Equal(2, await SilosAsync(services => AddImpatientClient(services, database, CertificateIn(maker.DataDirectory)), RightClientMax));
        var patience = 5 * TimeProvider.System.GetElapsedTime(began);
        await Assert.ThrowsAnyAsync<Exception>(() => SilosAsync(services => AddImpatientClient(services, database, null), patience));
        await Assert.ThrowsAnyAsync<Exception>(() => SilosAsync(services => AddImpatientClient(services, database, CertificateIn(stranger.DataDirectory)), patience));
    }

    [Fact]
    public async Task CommandOverwritesNothingAndMakesAnotherMemberByTheSameAuthority()
    {
        await using var server = new ServerProcess();
        var folder = Path.Combine(server.DataDirectory, "certificates");
        await MakeAsync(server, folder);
        var authority = await File.ReadAllTextAsync(Path.Combine(folder, "authority.pem"), TestContext.Current.CancellationToken);
        var member = await File.ReadAllTextAsync(Path.Combine(folder, "member.pem"), TestContext.Current.CancellationToken);

        var (exitCode, output) = await server.RunToEndAsync("certificates", folder);
        Assert.Equal(2, exitCode);
        Assert.Contains("is not overwritten", output, StringComparison.Ordinal);
        Assert.Equal(member, await File.ReadAllTextAsync(Path.Combine(folder, "member.pem"), TestContext.Current.CancellationToken));

        File.Delete(Path.Combine(folder, "member.pem"));
        File.Delete(Path.Combine(folder, "member.key"));
        await MakeAsync(server, folder);
        Assert.Equal(authority, await File.ReadAllTextAsync(Path.Combine(folder, "authority.pem"), TestContext.Current.CancellationToken));
        Assert.NotEqual(member, await File.ReadAllTextAsync(Path.Combine(folder, "member.pem"), TestContext.Current.CancellationToken));
        CertificateIn(folder);
    }

    [Fact]
    public async Task CertificateThatCannotBeUsedStopsTheStartWithASentence()
    {
        await using var server = new ServerProcess();
        await using var stranger = new ServerProcess();
        await MakeAsync(server, server.DataDirectory);
        await MakeAsync(stranger, stranger.DataDirectory);
        string[] settings = [.. Settings("Host=127.0.0.1;Port=1;Database=none"), "--ArtFresh:DataDirectory", server.DataDirectory, .. Tls(server)[..4]];

        var alone = await server.RunToEndAsync(settings);
        var other = await server.RunToEndAsync([.. settings, "--ArtFresh:Cluster:Authority", Path.Combine(stranger.DataDirectory, "authority.pem")]);
        var missing = await server.RunToEndAsync([.. settings, "--ArtFresh:Cluster:Authority", Path.Combine(server.DataDirectory, "none.pem")]);

        Assert.All([alone, other, missing], ended => Assert.Equal(2, ended.ExitCode));
        Assert.Contains("ArtFresh:Cluster:Certificate, CertificateKey and Authority belong together", alone.Output, StringComparison.Ordinal);
        Assert.Contains("was not issued by the authority", other.Output, StringComparison.Ordinal);
        Assert.Contains("none.pem", missing.Output, StringComparison.Ordinal);
    }

    private static string[] Settings(string database) => ["--ConnectionStrings:Ledger", database, "--ArtFresh:Cluster:Address", "127.0.0.1"];

    private static string[] Tls(ServerProcess maker) =>
    [
        "--ArtFresh:Cluster:Certificate", Path.Combine(maker.DataDirectory, "member.pem"), "--ArtFresh:Cluster:CertificateKey", Path.Combine(maker.DataDirectory, "member.key"),
        "--ArtFresh:Cluster:Authority", Path.Combine(maker.DataDirectory, "authority.pem"),
    ];

    private static ClusterCertificate CertificateIn(string folder) =>
        ClusterCertificate.Load(Path.Combine(folder, "member.pem"), Path.Combine(folder, "member.key"), Path.Combine(folder, "authority.pem"));

    private static async Task MakeAsync(ServerProcess server, string folder)
    {
        var (exitCode, output) = await server.RunToEndAsync("certificates", folder);
        Assert.True(exitCode == 0, output);
        Assert.Subset(Directory.GetFiles(folder).Select(Path.GetFileName).ToHashSet(), Made.ToHashSet<string?>());
    }

    /// <summary>A client that fails where it cannot connect, instead of trying again.</summary>
    private static void AddImpatientClient(IServiceCollection services, string database, ClusterCertificate? certificate) => services.AddOrleansClient(client =>
    {
        client.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = ("Npgsql", database));
        client.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (ClusterNames.Default, ClusterNames.Service));
        if (certificate is not null)
        {
            client.UseTls(certificate.Configure);
        }
    });

    /// <summary>Connects, and asks how many silos there are.</summary>
    /// <param name="addClient">Adds the client.</param>
    /// <param name="patience">After it the client counts as refused.</param>
    private static async Task<int> SilosAsync(Action<IServiceCollection> addClient, TimeSpan patience)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(patience);
        using var host = new HostBuilder().ConfigureServices(addClient).Build();
        await host.StartAsync(limit.Token).WaitAsync(limit.Token);
        var hosts = await host.Services.GetRequiredService<IClusterClient>().GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true).WaitAsync(limit.Token);
        await host.StopAsync(limit.Token);
        return hosts.Count;
    }
}
