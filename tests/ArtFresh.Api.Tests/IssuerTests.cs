using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ArtFresh.TestWorld;
using Microsoft.AspNetCore.Http;

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
        private LoopbackSite? _site;

        public Uri Address => _site!.Address;

        public string Name => Address.AbsoluteUri;

        public static async Task<Issuer> StartAsync()
        {
            var issuer = new Issuer();
            issuer._site = await LoopbackSite.StartAsync(issuer.AnswerAsync);
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
            await _site!.DisposeAsync();
        }

        private Task AnswerAsync(HttpContext http)
        {
            var point = _key.ExportParameters(includePrivateParameters: false).Q;
            return http.Request.Path.Value switch
            {
                "/.well-known/openid-configuration" => http.Response.WriteAsJsonAsync(new { issuer = Name, jwks_uri = $"{Name}keys" }),
                "/keys" => http.Response.WriteAsJsonAsync(new
                {
                    keys = new[] { new { kty = "EC", crv = "P-256", use = "sig", kid = "k", x = Base64Url.EncodeToString(point.X), y = Base64Url.EncodeToString(point.Y) } },
                }),
                var other => throw new InvalidOperationException($"Nothing asks for {other}."),
            };
        }

        private static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
    }
}
