using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Api.Tests;

/// <summary>An OpenID Connect issuer of the test's own, which publishes its key as any other does.</summary>
public sealed class IssuerTests
{
    [Fact]
    public async Task JwtOfTheAuthorityIsCheckedWithItsPublishedKey()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var front = await FrontEnd.StartAsync(options => options with { Jwt = new() { Authority = issuer.Address, Audience = "artfresh" } });
        using var client = front.WithBearer(issuer.Sign("alice"));
        var sessionId = await client.OpenSessionIdAsync();
        Assert.Equal(Clients.KeyOf("sub-alice", sessionId), Assert.Single(front.Cluster.Sessions).Key);

        await using var stranger = await Issuer.StartAsync();
        foreach (var token in new[] { stranger.Sign("alice"), stranger.Sign("alice", issuer.Name), issuer.Sign("alice", stranger.Name), SignInTests.Jwt("alice") })
        {
            using var forger = front.WithBearer(token);
            await forger.PostTextAsync("/api/sessions", "{}").AssertProblemAsync(401, "not_signed_in");
        }
    }

    [Fact]
    public async Task UnavailableIssuerIs503AndNot401()
    {
        Uri address;
        string token;
        await using (var gone = await Issuer.StartAsync())
        {
            (address, token) = (gone.Address, gone.Sign("alice"));
        }
        await using var front = await FrontEnd.StartAsync(options => options with { Jwt = new() { Authority = address, Audience = "artfresh" } });
        using var client = front.WithBearer(token);
        await client.PostTextAsync("/api/sessions", "{}").AssertProblemAsync(503, "unavailable");
        using var guest = await front.SignInAsync();
        await guest.OpenSessionAsync();
    }

    private sealed class Issuer : IAsyncDisposable
    {
        private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        private readonly WebApplication _app;

        private Issuer()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            _app = builder.Build();
            var point = _key.ExportParameters(includePrivateParameters: false).Q;
            var keys = new[] { new { kty = "EC", crv = "P-256", use = "sig", kid = "k", x = Base64Url.EncodeToString(point.X), y = Base64Url.EncodeToString(point.Y) } };
            _app.MapGet("/.well-known/openid-configuration", () => Results.Json(new { issuer = Name, jwks_uri = $"{Name}keys" }));
            _app.MapGet("/keys", () => Results.Json(new { keys }));
        }

        public Uri Address => new(_app.Urls.Single());

        public string Name => Address.AbsoluteUri;

        public static async Task<Issuer> StartAsync()
        {
            var issuer = new Issuer();
            await issuer._app.StartAsync(FrontEnd.Cancelled);
            return issuer;
        }

        public string Sign(string subject, string? issuer = null)
        {
            var expiry = TimeProvider.System.GetUtcNow().AddMinutes(5).ToUnixTimeSeconds();
            var claims = JsonSerializer.Serialize(new { iss = issuer ?? Name, aud = "artfresh", sub = subject, exp = expiry });
            var signed = $"{Part("""{"alg":"ES256","typ":"JWT","kid":"k"}""")}.{Part(claims)}";
            return $"{signed}.{Base64Url.EncodeToString(_key.SignData(Encoding.UTF8.GetBytes(signed), HashAlgorithmName.SHA256))}";
        }

        public async ValueTask DisposeAsync()
        {
            _key.Dispose();
            await _app.DisposeAsync();
        }

        private static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
    }
}
