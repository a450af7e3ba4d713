using System.Net;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Api.Tests;

/// <summary>What a request came through: who is believed about its caller, and what is said where nobody is.</summary>
public sealed class ProxiesTests
{
    private const string HostCookie = "__Host-artfresh";

    private static readonly (string, string) Https = ("X-Forwarded-Proto", "https");

    [Theory]
    [InlineData(1, "198.51.100.7, 10.0.0.9", "10.0.0.9", "ArtFresh:ForwardLimit to 2")]
    [InlineData(2, "198.51.100.7, 10.0.0.9", "198.51.100.7", null)]
    // What the client claims before its own address is not read.
    [InlineData(2, "192.0.2.1, 198.51.100.7, 10.0.0.9", "198.51.100.7", null)]
    [InlineData(3, "192.0.2.1, 198.51.100.7, 10.0.0.9", "198.51.100.7", null)]
    public async Task CallersAddressIsReadBehindForwardLimitProxies(int limit, string forwardedFor, string caller, string? advice)
    {
        await using var front = await StartAsync(options => options with { ForwardLimit = limit });
        var seen = await (await front.Operator.FetchAsync("/api/ops/request", ("X-Forwarded-For", forwardedFor), Https)).JsonAsync();
        Assert.Equal((caller, "https"), (seen.GetProperty("address").GetString(), seen.GetProperty("scheme").GetString()));
        Assert.Equal(front.Address.Authority, seen.GetProperty("host").GetString());
        if (advice is null)
        {
            Assert.Equal(System.Text.Json.JsonValueKind.Null, seen.GetProperty("advice").ValueKind);
            Assert.Empty(Warnings(front));
        }
        else
        {
            Assert.Contains(advice, seen.GetProperty("advice").GetString(), StringComparison.Ordinal);
            Assert.Contains(advice, Assert.Single(Warnings(front)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task BucketsBelongToCallersAndNotToTheInnerProxy()
    {
        await using var front = await StartAsync(options => options with { ForwardLimit = 2, Limits = new() { SignInsPerMinute = 2 } });
        for (var i = 1; i <= 6; i++)
        {
            var answer = await front.Anonymous.SendAsync(HttpMethod.Post, "/api/sign-in/guest", [("X-Forwarded-For", $"198.51.{i}.7, 10.0.0.9")]);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task UntrustedProxyIsLoggedOnceWithTheCure()
    {
        await using var front = await FrontEnd.StartAsync();
        await front.Anonymous.FetchAsync("/healthz/live");
        Assert.Empty(Warnings(front));
        for (var i = 0; i < 3; i++)
        {
            await front.Anonymous.FetchAsync("/healthz/live", ("X-Forwarded-For", "198.51.100.7"));
        }
        Assert.Contains("is a proxy of your own, add it to ArtFresh:TrustedProxies", Assert.Single(Warnings(front)), StringComparison.Ordinal);
        var seen = await (await front.Operator.FetchAsync("/api/ops/request", ("X-Forwarded-For", "198.51.100.7"), Https)).JsonAsync();
        Assert.Equal(("127.0.0.1", "http"), (seen.GetProperty("address").GetString(), seen.GetProperty("scheme").GetString()));
        Assert.Contains("TrustedProxies", seen.GetProperty("advice").GetString(), StringComparison.Ordinal);
    }

    /// <summary>Whoever is connected directly can send the header: it is no sign of a proxy.</summary>
    [Fact]
    public async Task StrangersHeaderDoesNotUseUpTheWarning()
    {
        await using var front = await FrontEnd.StartAsync();
        await front.Anonymous.FetchAsync("/healthz/live", (FrontEnd.RemoteAddressHeader, "203.0.113.9"), ("X-Forwarded-For", "10.0.0.1"));
        Assert.Empty(Warnings(front));
        await front.Anonymous.FetchAsync("/healthz/live", (FrontEnd.RemoteAddressHeader, "10.1.2.3"), ("X-Forwarded-For", "203.0.113.9"));
        var warning = Assert.Single(Warnings(front));
        // Nothing to copy: the client may be a stranger of the private network.
        Assert.Contains("this request came from 10.1.2.3, which", warning, StringComparison.Ordinal);
        Assert.Contains("If it is not, a client wrote the header: change nothing", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("10.1.2.3/", warning, StringComparison.Ordinal);
    }

    /// <summary>The operator has named the proxies: whoever else sends the header is a client.</summary>
    [Fact]
    public async Task WhereProxiesAreNamedNobodyElseCausesTheWarning()
    {
        await using var front = await StartAsync();
        await front.Anonymous.FetchAsync("/healthz/live", (FrontEnd.RemoteAddressHeader, "192.168.7.9"), ("X-Forwarded-For", "203.0.113.9"));
        Assert.Empty(Warnings(front));
    }

    [Fact]
    public async Task CookieOverHttpsHasTheHostPrefixAndAPlainCopyForThePreviousRelease()
    {
        await using var front = await StartAsync();
        var signedIn = await front.Anonymous.SendAsync(HttpMethod.Post, "/api/sign-in/guest", [Https]);
        var cookies = signedIn.Headers.GetValues("Set-Cookie").ToArray();
        Assert.Equal([HostCookie, "artfresh"], cookies.Select(cookie => cookie.Split('=')[0]));
        Assert.All(cookies, cookie => Assert.Contains("; path=/; secure; samesite=lax; httponly", cookie, StringComparison.OrdinalIgnoreCase));
        Assert.All(cookies, cookie => Assert.DoesNotContain("domain", cookie, StringComparison.OrdinalIgnoreCase));
        var guest = (await signedIn.JsonAsync()).GetProperty("listenerId").GetString();
        foreach (var cookie in cookies)
        {
            Assert.Equal(guest, await WhoAsync(front, cookie.Split(';')[0]));
        }
        var signedOut = await front.Anonymous.SendAsync(HttpMethod.Post, "/api/sign-out", [Https, ("Cookie", cookies[0].Split(';')[0])]);
        Assert.Equal([HostCookie, "artfresh"], signedOut.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split('=')[0]));
    }

    [Fact]
    public async Task GuestOfThePreviousReleaseStaysAndGetsTheNewCookieOnce()
    {
        await using var front = await StartAsync();
        var before = await front.Anonymous.SendAsync(HttpMethod.Post, "/api/sign-in/guest", []);
        var old = FrontEnd.CookieOf(before);
        Assert.StartsWith("artfresh=", old, StringComparison.Ordinal);
        var visit = await front.Anonymous.SendAsync(HttpMethod.Post, "/api/sign-in/guest", [Https, ("Cookie", old)]);
        Assert.Equal((await before.JsonAsync()).GetProperty("listenerId").GetString(), (await visit.JsonAsync()).GetProperty("listenerId").GetString());
        var given = visit.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith(HostCookie, StringComparison.Ordinal)).Split(';')[0];
        var next = await front.Anonymous.SendAsync(HttpMethod.Post, "/api/sign-in/guest", [Https, ("Cookie", $"{old}; {given}")]);
        Assert.False(next.Headers.Contains("Set-Cookie"));
    }

    /// <summary>Another host of the site can set the plain name, and not the other.</summary>
    [Fact]
    public async Task CookieWithTheHostPrefixTakesPrecedenceInBothPipelines()
    {
        await using var front = await StartAsync();
        var own = await front.Anonymous.SendAsync(HttpMethod.Post, "/api/sign-in/guest", [Https]);
        var planted = await front.Anonymous.SendAsync(HttpMethod.Post, "/api/sign-in/guest", []);
        var ownCookie = own.Headers.GetValues("Set-Cookie").First().Split(';')[0];
        var ownId = (await own.JsonAsync()).GetProperty("listenerId").GetString();
        await WhoAsync(front, FrontEnd.CookieOf(planted));
        foreach (var header in new[] { $"{ownCookie}; {FrontEnd.CookieOf(planted)}", $"{FrontEnd.CookieOf(planted)}; {ownCookie}" })
        {
            Assert.Equal(ownId, await WhoAsync(front, header));
            var opened = await front.Anonymous.SendAsync(HttpMethod.Post, "/api/sessions", [Https, ("Cookie", header)], Clients.Json("{}"));
            var session = (await opened.JsonAsync()).GetProperty("sessionId").GetGuid();
            // The first is decrypted, the second known: both are the same guest, whose session it is.
            for (var i = 0; i < 2; i++)
            {
                var fresh = await front.Anonymous.FetchAsync($"/api/artworks/fresh?sessionId={session}&count=1", Https, ("Cookie", header));
                Assert.Equal(HttpStatusCode.OK, fresh.StatusCode);
            }
        }
    }

    [Fact]
    public async Task StrictTransportSecurityIsSentOverHttpsIfConfigured()
    {
        await using var with = await StartAsync(options => options with { Hsts = TimeSpan.FromDays(365) });
        await using var without = await StartAsync();
        Assert.Equal("max-age=31536000", string.Join("", (await with.Anonymous.FetchAsync("/healthz/live", Https)).Headers.GetValues("Strict-Transport-Security")));
        Assert.False((await with.Anonymous.FetchAsync("/healthz/live")).Headers.Contains("Strict-Transport-Security"));
        Assert.False((await without.Anonymous.FetchAsync("/healthz/live", Https)).Headers.Contains("Strict-Transport-Security"));
    }

    private static Task<FrontEnd> StartAsync(Func<ApiOptions, ApiOptions>? configure = null) => FrontEnd.StartAsync(options =>
    {
        options = options with { TrustedProxies = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8")] };
        return configure?.Invoke(options) ?? options;
    });

    private static async Task<string?> WhoAsync(FrontEnd front, string cookie) =>
        (await (await front.Anonymous.SendAsync(HttpMethod.Post, "/api/sign-in/guest", [Https, ("Cookie", cookie)])).JsonAsync()).GetProperty("listenerId").GetString();

    private static string[] Warnings(FrontEnd front) => [.. front.Log.From(LogLevel.Warning).Where(line => line.Contains("a proxy that is not configured", StringComparison.Ordinal))];
}
