using System.Globalization;
using System.Text.RegularExpressions;
using ArtFresh.TestWorld;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace ArtFresh.SystemTests.Operators;

/// <summary>A healthy server for all tests of the checklist.</summary>
public sealed class HealthyServer : IAsyncLifetime
{
    public const string Key = "a key for the operators of tests";

    public ServerProcess Server { get; } = new(["--ArtFresh:Operators:Key", Key, .. Generous.Limits]);

    public async ValueTask InitializeAsync()
    {
        await Server.StartAsync();
        await Server.StockAsync();
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

public sealed partial class DeployCheckTests(HealthyServer healthy) : IClassFixture<HealthyServer>
{
    private const string Batches = "/api/artworks/batch-impressions";

    /// <summary>A fault, and the only check that must fail because of it.</summary>
    private static readonly Dictionary<string, (string Check, ProxyFault Fault)> FaultsByName = new()
    {
        ["it is not ready"] = ("ready", new() { On = Is("/healthz/ready"), Instead = (503, "Unhealthy") }),
        ["the batch endpoint is missing"] = ("batch-endpoint", new() { On = request => Is(Batches)(request) && !IsSignedIn(request), Instead = (404, "{}") }),
        ["the batch endpoint accepts strangers"] = ("batch-endpoint", new() { On = request => Is(Batches)(request) && !IsSignedIn(request), Instead = (200, "{}") }),
        ["the page is cached"] = ("page", new() { On = Is("/"), Headers = headers => headers.CacheControl = "max-age=600" }),
        ["assets are not cached"] = ("assets", new() { On = request => request.Path.StartsWithSegments("/assets"), Headers = headers => headers.CacheControl = "no-cache" }),
        ["assets are of another build"] = ("assets", new() { On = request => request.Path.StartsWithSegments("/assets"), Instead = (404, "") }),
        ["headers are removed"] = ("headers", new() { Headers = headers => headers.Remove("Content-Security-Policy") }),
        ["operators' pages are open"] = ("closed-to-strangers", new() { Request = request => request.Headers.Authorization = request.Headers.Authorization is null && request.RequestUri!.AbsolutePath.StartsWith("/api/ops", StringComparison.Ordinal) ? new("Bearer", HealthyServer.Key) : request.Headers.Authorization }),
        ["metrics are open"] = ("closed-to-strangers", new() { On = Is("/metrics"), Request = request => request.Headers.Authorization = new("Bearer", HealthyServer.Key) }),
        ["the schema is old"] = ("schema", new() { On = Is("/api/ops/cluster"), Body = text => Applied().Replace(text, "\"schemaApplied\":1,") }),
        ["a silo keeps joining"] = ("silos", new() { On = Is("/api/ops/cluster"), Body = text => text.Replace("\"status\":\"active\"", "\"status\":\"joining\"", StringComparison.Ordinal) }),
        ["a silo is missing"] = ("silos", new() { On = Is("/api/ops/cluster"), Body = text => text.Replace("\"status\":\"active\"", "\"status\":\"dead\"", StringComparison.Ordinal) }),
        ["metrics are missing"] = ("metrics", new() { On = Is("/metrics"), Instead = (404, "") }),
        ["the cookie can be read by scripts"] = ("sign-in", new() { On = Is("/api/sign-in/guest"), Headers = headers => headers.SetCookie = headers.SetCookie.ToString().Replace("; httponly", "", StringComparison.OrdinalIgnoreCase) }),
        ["pictures are not cached"] = ("picture", new() { On = request => request.Path.StartsWithSegments("/art"), Headers = headers => headers.CacheControl = "no-store" }),
        ["acknowledged batches are lost"] = ("batch-journey", new() { On = request => Is(Batches)(request) && request.Headers.Cookie.Count > 0, Instead = (200, """{"recorded":3,"duplicates":3,"repeats":0,"unknown":[],"highWater":3}""") }),
        ["beacons are refused"] = ("beacon-journey", new() { On = request => request.ContentType?.StartsWith("text/plain", StringComparison.Ordinal) == true, Instead = (415, "{}") }),
        ["the single endpoint is missing"] = ("single-journey", new() { On = request => request.Path.Value!.EndsWith("/impression", StringComparison.Ordinal), Instead = (404, "{}") }),
        ["sessions do not end"] = ("session-end", new() { On = request => request.Path.Value!.EndsWith("/end", StringComparison.Ordinal), Instead = (204, "") }),
    };

    public static TheoryData<string> Faults() => new(FaultsByName.Keys);

    [Fact]
    public async Task HealthyServerPassesDirectlyAndThroughATransparentProxy()
    {
        await using var proxy = await FaultProxy.StartAsync(healthy.Server.Address);

        var direct = await CheckAsync(healthy.Server.Address.ToString());
        var through = await CheckAsync(proxy.Address.ToString(), "--silos", "1");

        Assert.True(direct.ExitCode == 0, direct.Output + direct.Errors);
        Assert.True(through.ExitCode == 0, through.Output + through.Errors);
        Assert.Contains("24 of 24 checks passed", through.Output, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Faults))]
    public async Task FaultFailsItsCheckAlone(string fault)
    {
        var (check, broken) = FaultsByName[fault];
        await using var proxy = await FaultProxy.StartAsync(healthy.Server.Address);
        proxy.Decide = _ => broken;

        var printed = await CheckAsync(proxy.Address.ToString(), "--json");

        Assert.True(printed.ExitCode == 1, printed.Output + printed.Errors);
        var wrong = printed.Json.GetProperty("checks").EnumerateArray().Where(line => !line.GetProperty("passed").GetBoolean()).ToArray();
        Assert.True(wrong.Length == 1 && wrong[0].GetProperty("name").GetString() == check, printed.Output);
        Assert.NotEmpty(wrong[0].GetProperty("found").GetString()!);
        Assert.NotEmpty(wrong[0].GetProperty("do").GetString()!);
    }

    [Fact]
    public async Task ServerWithAGeneratedKeyIsCheckedWithItsDataDirectory()
    {
        await using var server = new ServerProcess();
        await server.StartAsync();
        await server.StockAsync();

        var printed = await Tool.RunAsync("deploy", "check", server.Address.ToString(), "--data", server.DataDirectory);

        Assert.True(printed.ExitCode == 0, printed.Output + printed.Errors);
    }

    /// <summary>A server that trusts loopback, reached through a plain proxy on its machine: strangers can bypass the public address.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("Host", "localhost")]
    public async Task OpenServerBehindTheProxyIsNamed(string header, string value)
    {
        await using var open = await FaultProxy.StartAsync(healthy.Server.Address);
        open.Decide = _ => new ProxyFault
        {
            On = request => header.Length == 0 || request.Headers[header] == value,
            Request = request => request.Headers.Authorization = new("Bearer", HealthyServer.Key),
        };

        var printed = await CheckAsync(healthy.Server.Address.ToString(), "--server", open.Address.ToString(), "--json");

        var wrong = printed.Json.GetProperty("checks").EnumerateArray().Where(line => !line.GetProperty("passed").GetBoolean()).ToArray();
        Assert.True(wrong.Length == 1 && wrong[0].GetProperty("name").GetString() == "closed-to-strangers", printed.Output + printed.Errors);
        Assert.Contains(open.Address.Authority, wrong[0].GetProperty("found").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckLeavesOneEndedSessionAndNoViolation()
    {
        var before = Sessions();
        Assert.Equal(0, (await CheckAsync(healthy.Server.Address.ToString())).ExitCode);

        Assert.Equal(before + 1, Sessions());
        Assert.Equal(0, (await Tool.RunAsync("legacy", "--data", healthy.Server.DataDirectory)).ExitCode);

        long Sessions() => healthy.Server.Ledger.Count("select count(*) from session where release = 'deploy-check' and ended_at is not null");
    }

    [Fact]
    public async Task SilentAddressAndMissingKeyAreReported()
    {
        var silent = await Tool.RunAsync("deploy", "check", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Find()}"));
        var keyless = await Tool.RunAsync("deploy", "check", healthy.Server.Address.ToString());
        var nonsense = await Tool.RunAsync("deploy", "check", "art.example.org");

        Assert.Equal((1, 1, 2), (silent.ExitCode, keyless.ExitCode, nonsense.ExitCode));
        Assert.Contains("does not answer", silent.Output, StringComparison.Ordinal);
        Assert.Contains("Give the operators' key", keyless.Output, StringComparison.Ordinal);
        Assert.Contains("is not an address such as", nonsense.Errors, StringComparison.Ordinal);
    }

    private static Task<Printed> CheckAsync(string address, params string[] more) => Tool.RunAsync(["deploy", "check", address, "--key", HealthyServer.Key, .. more]);

    private static Func<HttpRequest, bool> Is(string path) => request => request.Path == path;

    /// <summary>A cookie, or a token in the body of a beacon.</summary>
    private static bool IsSignedIn(HttpRequest request) => request.Headers.Cookie.Count > 0 || request.ContentType?.StartsWith("text/plain", StringComparison.Ordinal) == true;

    [GeneratedRegex("\"schemaApplied\":\\d+,")]
    private static partial Regex Applied();
}
