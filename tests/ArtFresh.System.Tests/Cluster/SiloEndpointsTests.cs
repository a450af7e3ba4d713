using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ArtFresh.TestWorld;
using Npgsql;
using Xunit;

namespace ArtFresh.SystemTests.Cluster;

/// <summary>The addresses that silo processes listen on and reach each other at.</summary>
public sealed class SiloEndpointsTests
{
    private const int Active = 3;

    [Theory]
    [InlineData("::1", "::1")]
    [InlineData("localhost", "127.0.0.1")]
    public async Task TwoSilosAndAFrontEndAtOneAddressFormACluster(string address, string announced)
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        Assert.SkipUnless(address != "::1" || Socket.OSSupportsIPv6, "This machine has no IPv6");
        var postgres = PostgresServer.Shared;
        var database = postgres.NewDatabase();
        await using var first = Member(database, address, "--ArtFresh:Role", "silo");
        await using var second = Member(database, address, "--ArtFresh:Role", "silo");
        await using var frontEnd = Member(database, address, "--ArtFresh:Role", "web");

        await Task.WhenAll(first.StartAsync(), second.StartAsync());
        await frontEnd.StartAsync();

        await using var source = NpgsqlDataSource.Create(database);
        await using var members = source.CreateCommand("select count(*) from orleansmembershiptable where address = $1 and status = $2");
        members.Parameters.AddWithValue(announced);
        members.Parameters.AddWithValue(Active);
        Assert.Equal(2, Convert.ToInt32(await members.ExecuteScalarAsync(TestContext.Current.CancellationToken), CultureInfo.InvariantCulture));
        using var listener = new HttpListenerClient(frontEnd.Address);
        await listener.SignInAsync();
        Assert.Equal(5, (await listener.FreshAsync(await listener.OpenAsync(), 5, 0.5, 0.5)).Length);
    }

    [Theory]
    [InlineData("Port")]
    [InlineData("ListenPort")]
    public async Task SiloListensOnlyAtItsAddress(string kind)
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        var postgres = PostgresServer.Shared;
        var (siloPort, gatewayPort) = (FreePort.Find(), FreePort.Find());
        await using var silo = Member(postgres.NewDatabase(), "127.0.0.2", $"--ArtFresh:Cluster:Silo{kind}", $"{siloPort}", $"--ArtFresh:Cluster:Gateway{kind}", $"{gatewayPort}");

        await silo.StartAsync();

        foreach (var port in new[] { siloPort, gatewayPort })
        {
            Assert.True(await ListensAsync(new IPEndPoint(IPAddress.Parse("127.0.0.2"), port)), $"127.0.0.2:{port}");
            Assert.False(await ListensAsync(new IPEndPoint(IPAddress.Loopback, port)), $"127.0.0.1:{port}");
        }
    }

    [Fact]
    public async Task UnusableEndpointStopsTheStartWithASentence()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        var postgres = PostgresServer.Shared;
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var server = new ServerProcess();
        string[] settings = ["--ConnectionStrings:Ledger", postgres.NewDatabase(), "--urls", server.Address.ToString(), "--ArtFresh:DataDirectory", server.DataDirectory];

        // 192.0.2.0/24 is reserved for documentation: no machine has it.
        var elsewhere = await server.RunToEndAsync([.. settings, "--ArtFresh:Cluster:Address", "192.0.2.1"]);
        var inUse = await server.RunToEndAsync([.. settings, "--ArtFresh:Cluster:Address", "127.0.0.1", "--ArtFresh:Cluster:SiloPort", $"{port}"]);

        Assert.Equal((2, 2), (elsewhere.ExitCode, inUse.ExitCode));
        Assert.Contains("ArtFresh:Cluster:Address 192.0.2.1 is not an address of this machine", elsewhere.Output, StringComparison.Ordinal);
        Assert.Contains($"ArtFresh:Cluster:SiloPort {port} is taken at 127.0.0.1", inUse.Output, StringComparison.Ordinal);
    }

    private static ServerProcess Member(string database, string address, params string[] settings) => new(
        ["--ConnectionStrings:Ledger", database, "--ArtFresh:Cluster:Address", address, .. settings]);

    private static async Task<bool> ListensAsync(IPEndPoint endpoint)
    {
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint, TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
    }
}
