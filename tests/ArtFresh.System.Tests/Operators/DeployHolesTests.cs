using System.Net;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Operators;

/// <summary>A server that knows its proxy, one that does not, and a certificate for the proxy.</summary>
public sealed class ProxiedServers : IAsyncLifetime
{
    public const string Key = "what the operators of these servers send";

    private static readonly string[] Generous = ["--ArtFresh:Limits:SignInsPerMinute", "10000", "--ArtFresh:Limits:ListenerRequestsBurst", "10000"];

    public ServerProcess Right { get; } = new([.. Generous, "--ArtFresh:Operators:Key", Key, "--ArtFresh:TrustedProxies", "127.0.0.0/8", "--ArtFresh:Hsts", "365.00:00:00"]);

    public ServerProcess Untrusting { get; } = new([.. Generous, "--ArtFresh:Operators:Key", Key]);

    internal TlsFiles Tls { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Task.WhenAll(Right.StartAsync(), Untrusting.StartAsync());
        await Task.WhenAll(Right.StockAsync(), Untrusting.StockAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await Right.DisposeAsync();
        await Untrusting.DisposeAsync();
        Tls.Dispose();
    }
}

/// <summary>Deployments that are open on purpose, and what the checklist says of each.</summary>
public sealed class DeployHolesTests(ProxiedServers servers) : IClassFixture<ProxiedServers>
{
    private const string Forwarded = "X-Forwarded-For";
    private const string Untrusted = "this request came from 127.0.0.1, which ArtFresh:TrustedProxies does not name";

    /// <summary>The hole, the line of the checklist that names it, and what the proxy does. Each is the only thing that is wrong.</summary>
    private static readonly Dictionary<string, (string Check, ProxyFault Fault)> HolesByName = new()
    {
        ["the proxy sends the operators' key"] = ("closed-to-strangers", new() { On = request => request.Path.StartsWithSegments("/api/ops"), Request = request => request.Headers.Authorization ??= new("Bearer", ProxiedServers.Key) }),
        ["the proxy opens metrics"] = ("closed-to-strangers", new() { On = request => request.Path == "/metrics", Request = request => request.Headers.Authorization = new("Bearer", ProxiedServers.Key) }),
        ["a second proxy is not counted"] = ("callers", new() { Request = request => Replace(request, Forwarded, "198.51.100.7, 127.0.0.9") }),
        ["callers choose their address"] = ("callers", new() { PassesClaims = true }),
        ["the host is another"] = ("callers", new() { Request = request => request.Headers.Host = "artfresh.internal" }),
        ["the cookie travels in plain text"] = ("sign-in", new() { Headers = headers => headers.SetCookie = headers.SetCookie.Select(cookie => cookie?.Replace("; secure", "", StringComparison.OrdinalIgnoreCase)).ToArray() }),
        ["the cookie is any host's"] = ("sign-in", new() { Headers = headers => headers.SetCookie = headers.SetCookie.Where(cookie => !cookie!.StartsWith("__Host-", StringComparison.Ordinal)).ToArray() }),
        ["browsers are led to plain http"] = ("https-only", new() { Headers = headers => headers.Remove("Strict-Transport-Security") }),
        ["pages of any site read"] = ("other-sites", new() { Headers = headers => headers.AccessControlAllowOrigin = "*" }),
        ["pages of any site act"] = ("other-sites", new() { Request = request => request.Headers.Remove("Origin") }),
        ["answers to listeners are cached"] = ("private-answers", new() { On = request => request.Path == "/api/music", Headers = headers => headers.CacheControl = "public, max-age=60" }),
    };

    public static TheoryData<string> Holes() => new(HolesByName.Keys);

    [Fact]
    public async Task NothingIsWrongWithTheRightProxy()
    {
        await using var proxy = await FaultProxy.StartAsync(servers.Right.Address, servers.Tls.Certificate);
        var printed = await CheckAsync(proxy.Address.ToString(), "--server", servers.Untrusting.Address.ToString(), "--data", servers.Right.DataDirectory);
        Assert.True(printed.ExitCode == 0, printed.Output + printed.Errors);
    }

    [Theory, MemberData(nameof(Holes))]
    public async Task HoleIsNamedAndNothingElseIs(string hole)
    {
        var (check, fault) = HolesByName[hole];
        await using var proxy = await FaultProxy.StartAsync(servers.Right.Address, servers.Tls.Certificate);
        proxy.Decide = _ => fault;
        var printed = await CheckAsync(proxy.Address.ToString());
        Assert.True(Wrong(printed) is [var only] && only == check, $"{hole}: {printed.Output}{printed.Errors}");
    }

    [Fact]
    public async Task ProxyThatTheServerDoesNotTrustIsNamedAndTheServerWarnsOnce()
    {
        await using var proxy = await FaultProxy.StartAsync(servers.Untrusting.Address, servers.Tls.Certificate);
        var printed = await CheckAsync(proxy.Address.ToString());
        Assert.Equal(["https-only", "callers", "sign-in"], Wrong(printed));
        Assert.Contains("is a proxy of your own, add it to ArtFresh:TrustedProxies", printed.Output, StringComparison.Ordinal);
        await servers.Untrusting.PrintsAsync(Untrusted);
        Assert.Single(servers.Untrusting.Log.Split('\n'), line => line.Contains(Untrusted, StringComparison.Ordinal));
    }

    [Fact]
    public async Task KeyThatCanBeGuessedAndFilesOfEverybodyAreNamed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other rights");
        const string key = "aaaaaaaaaaaaaaaa";
        await using var server = new ServerProcess("--ArtFresh:Operators:Key", key);
        await server.StartAsync();
        await server.StockAsync();
        using (var open = System.Diagnostics.Process.Start("chmod", ["-R", "o+rX", server.DataDirectory]))
        {
            await open.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var printed = await Tool.RunAsync("deploy", "check", server.Address.ToString(), "--key", key, "--data", server.DataDirectory, "--json");
        Assert.Equal(["operators-key", "files"], Wrong(printed));
    }

    [Fact]
    public async Task SilosPortInPlainTextIsNamed()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        var own = (await Dns.GetHostAddressesAsync(Dns.GetHostName(), System.Net.Sockets.AddressFamily.InterNetwork, TestContext.Current.CancellationToken)).FirstOrDefault(address => !IPAddress.IsLoopback(address));
        Assert.SkipWhen(own is null, "This machine has no address but loopback");
        await using var server = new ServerProcess("--ConnectionStrings:Ledger", PostgresServer.Shared.NewDatabase(), "--ArtFresh:Cluster:Address", $"{own}/32", "--ArtFresh:Operators:Key", ProxiedServers.Key);
        await server.StartAsync();
        await server.StockAsync();
        var printed = await Tool.RunAsync("deploy", "check", server.Address.ToString(), "--key", ProxiedServers.Key, "--json");
        Assert.Equal(["silo-ports"], Wrong(printed));
    }

    private Task<Printed> CheckAsync(string address, params string[] more) =>
        Tool.RunAsync(servers.Tls.Trust, ["deploy", "check", address, "--key", ProxiedServers.Key, "--json", .. more]);

    private static string[] Wrong(Printed printed)
    {
        Assert.True(printed.ExitCode is 0 or 1, printed.Output + printed.Errors);
        return [.. printed.Json.GetProperty("checks").EnumerateArray().Where(line => !line.GetProperty("passed").GetBoolean()).Select(line => line.GetProperty("name").GetString()!)];
    }

    private static void Replace(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.Add(name, value);
    }
}
