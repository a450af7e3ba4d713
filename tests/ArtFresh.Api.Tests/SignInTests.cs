using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace ArtFresh.Api.Tests;

public sealed class SignInTests
{
    private static readonly JsonSerializerOptions LeavingOutNulls = new() { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    public const string SigningKey = "a key of at least thirty-two bytes, for tests";

    [Fact]
    public async Task GuestGetsAnIdAndACookieThatScriptsCannotRead()
    {
        await using var front = await FrontEnd.StartAsync();
        var answer = await front.Anonymous.PostAsync("/api/sign-in/guest", null, FrontEnd.Cancelled);

        var listenerId = (await answer.JsonAsync()).GetProperty("listenerId").GetString()!;
        Assert.StartsWith("guest-", listenerId);
        Assert.Equal(7, Guid.ParseExact(listenerId["guest-".Length..], "N").Version);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith("artfresh=", cookie);
        Assert.Contains("; httponly", cookie);
        Assert.Contains("; samesite=lax", cookie);
        Assert.Contains("; expires=", cookie);
        Assert.DoesNotContain("; secure", cookie);
    }

    [Fact]
    public async Task CookieIsSecureWhenATrustedBalancerSaysHttps()
    {
        await using var trusting = await FrontEnd.StartAsync(options => options with { TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] });
        await using var doubting = await FrontEnd.StartAsync();
        async Task<string> CookieAsync(FrontEnd front)
        {
            var answer = await front.Anonymous.SendAsync(HttpMethod.Post, "/api/sign-in/guest", [("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "9.9.9.9")]);
            return string.Join('\n', answer.Headers.GetValues("Set-Cookie"));
        }
        Assert.Contains("; secure", await CookieAsync(trusting));
        Assert.DoesNotContain("; secure", await CookieAsync(doubting));
    }

    [Fact]
    public async Task SignedInCallerStaysTheSameListener()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var first = await ListenerIdAsync(client);
        Assert.Equal(first, await ListenerIdAsync(client));
        using var other = await front.SignInAsync();
        Assert.NotEqual(first, await ListenerIdAsync(other));
    }

    [Fact]
    public async Task RestartOnTheSameDataKeepsListenersSignedIn()
    {
        var data = FrontEnd.NewDirectory();
        string cookie, listenerId;
        await using (var before = await FrontEnd.StartAsync(dataDirectory: data))
        {
            using var client = await before.SignInAsync();
            cookie = client.DefaultRequestHeaders.GetValues("Cookie").Single();
            listenerId = await ListenerIdAsync(client);
        }
        await using var after = await FrontEnd.StartAsync(dataDirectory: data);
        await using var elsewhere = await FrontEnd.StartAsync();
        after.Anonymous.DefaultRequestHeaders.Add("Cookie", cookie);
        Assert.Equal(listenerId, await ListenerIdAsync(after.Anonymous));
        elsewhere.Anonymous.DefaultRequestHeaders.Add("Cookie", cookie);
        Assert.NotEqual(listenerId, await ListenerIdAsync(elsewhere.Anonymous));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(data, "keys")));
        }
    }

    [Fact]
    public async Task CookieLastsFourHundredDaysFromItsLastRenewal()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var front = await FrontEnd.StartAsync(clock: clock);
        using var client = await front.SignInAsync();
        clock.Advance(TimeSpan.FromDays(399));
        var late = await client.PostTextAsync("/api/sessions", "{}");
        Assert.Equal(HttpStatusCode.Created, late.StatusCode);

        clock.Advance(TimeSpan.FromDays(2));
        await client.PostTextAsync("/api/sessions", "{}").AssertProblemAsync(401, "not_signed_in");
        client.DefaultRequestHeaders.Remove("Cookie");
        client.DefaultRequestHeaders.Add("Cookie", FrontEnd.CookieOf(late));
        Assert.Equal(HttpStatusCode.Created, (await client.PostTextAsync("/api/sessions", "{}")).StatusCode);
    }

    [Theory]
    [InlineData("POST", "/api/sessions")]
    [InlineData("POST", "/api/sessions/0190a6f0-0000-7000-8000-000000000000/end")]
    [InlineData("GET", "/api/artworks/fresh?sessionId=0190a6f0-0000-7000-8000-000000000000")]
    [InlineData("GET", "/api/artworks/1")]
    [InlineData("POST", "/api/artworks/batch-impressions")]
    [InlineData("POST", "/api/artworks/1/impression")]
    public async Task EndpointsRequireASignIn(string method, string path)
    {
        await using var front = await FrontEnd.StartAsync();
        var good = $$"""{"sessionId":"{{Guid.CreateVersion7()}}","batchId":"{{Guid.CreateVersion7()}}","firstNumber":1,"artworkIds":[1]}""";
        foreach (var body in method == "GET" ? [null] : new[] { good, "{}", "not json", null })
        {
            HttpContent? content = body is null ? null : Clients.Json(body);
            await front.Anonymous.SendAsync(new HttpMethod(method), path, [], content).AssertProblemAsync(401, "not_signed_in");
            using var forged = front.WithBearer("forged");
            await forged.SendAsync(new HttpMethod(method), path, [], body is null ? null : Clients.Json(body)).AssertProblemAsync(401, "not_signed_in");
        }
        front.Anonymous.DefaultRequestHeaders.Add("Cookie", "artfresh=forged");
        await front.Anonymous.SendAsync(new HttpMethod(method), path, [], method == "GET" ? null : Clients.Json(good)).AssertProblemAsync(401, "not_signed_in");
        Assert.Empty(front.Cluster.Sessions);
    }

    [Fact]
    public async Task InvalidTokenIsRefusedAndNotReplacedByAGuest()
    {
        await using var front = await FrontEnd.StartAsync();
        using var forged = front.WithBearer("forged");
        await forged.PostAsync("/api/sign-in/guest", null, FrontEnd.Cancelled).AssertProblemAsync(401, "not_signed_in");
    }

    [Fact]
    public async Task BasicAuthenticationOfABalancerIsIgnored()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        client.DefaultRequestHeaders.Authorization = new("Basic", "b3A6b3A=");
        await client.OpenSessionAsync();
    }

    [Theory]
    [InlineData("alice", "sub-alice")]
    [InlineData("auth0|7/x+y é", "sub-auth0%7C7%2Fx%2By%20%C3%A9")]
    public async Task SubjectOfAJwtIsTheListener(string subject, string listenerId)
    {
        await using var front = await StartWithIssuerAsync();
        using var client = front.WithBearer(Jwt(subject));
        var sessionId = await client.OpenSessionIdAsync();
        Assert.Equal(Clients.KeyOf(listenerId, sessionId), Assert.Single(front.Cluster.Sessions).Key);
        Assert.Equal(listenerId, await ListenerIdAsync(client));
    }

    [Fact]
    public async Task LongSubjectsAreHashedAndStayDifferent()
    {
        await using var front = await StartWithIssuerAsync();
        var ids = new List<string>();
        foreach (var subject in new[] { new string('é', 60), new string('é', 60) + "x" })
        {
            using var client = front.WithBearer(Jwt(subject));
            ids.Add(await ListenerIdAsync(client));
        }
        Assert.All(ids, id => Assert.Matches("^subhash-[0-9a-f]{64}$", id));
        Assert.NotEqual(ids[0], ids[1]);
    }

    [Fact]
    public async Task InvalidJwtsAreRefused()
    {
        await using var front = await StartWithIssuerAsync();
        string[] bad =
        [
            Jwt("alice", key: "another key of at least thirty-two bytes.."),
            Jwt("alice", lifetime: TimeSpan.FromMinutes(-5)),
            Jwt("alice", audience: "elsewhere"),
            Jwt(""),
            Jwt("alice", algorithm: "none"),
            Jwt("alice", type: "logout+jwt"),
            Jwt("alice", type: "secevent+jwt"),
            Jwt("alice") + "x",
            "forged",
        ];
        foreach (var token in bad)
        {
            using var client = front.WithBearer(token);
            await client.PostTextAsync("/api/sessions", "{}").AssertProblemAsync(401, "not_signed_in");
        }
    }

    [Fact]
    public async Task IssuersClaimsWithOurNamesAreDropped()
    {
        await using var front = await StartWithIssuerAsync();
        using var client = front.WithBearer(Jwt("alice", more: new() { ["listener"] = "guest-bob", ["operator"] = "true" }));
        Assert.Equal("sub-alice", await ListenerIdAsync(client));
        await client.FetchAsync("/api/ops/legacy").AssertProblemAsync(403, "not_operator");
    }

    [Theory]
    [InlineData("JWT")]
    [InlineData("jwt")]
    [InlineData("at+jwt")]
    [InlineData("application/at+jwt")]
    [InlineData(null)]
    public async Task AccessTokenOfAnyCommonTypeSignsIn(string? type)
    {
        await using var front = await StartWithIssuerAsync();
        using var client = front.WithBearer(Jwt("alice", type: type));
        await client.OpenSessionAsync();
    }

    [Fact]
    public async Task WithoutGuestsOnlyTokensSignIn()
    {
        var data = FrontEnd.NewDirectory();
        string cookie;
        await using (var open = await FrontEnd.StartAsync(dataDirectory: data))
        {
            using var guest = await open.SignInAsync();
            cookie = guest.DefaultRequestHeaders.GetValues("Cookie").Single();
        }
        await using var closed = await FrontEnd.StartAsync(options => options with { Guests = false, Jwt = new() { SigningKey = SigningKey } }, dataDirectory: data);
        await closed.Anonymous.PostAsync("/api/sign-in/guest", null, FrontEnd.Cancelled).AssertProblemAsync(403, "guests_off");
        closed.Anonymous.DefaultRequestHeaders.Add("Cookie", cookie);
        await closed.Anonymous.PostAsync("/api/sign-in/guest", null, FrontEnd.Cancelled).AssertProblemAsync(403, "guests_off");
        await closed.Anonymous.PostTextAsync("/api/sessions", "{}").AssertProblemAsync(401, "not_signed_in");
        using var bearer = closed.WithBearer(Jwt("alice"));
        Assert.Equal("sub-alice", await ListenerIdAsync(bearer));
    }

    [Fact]
    public async Task SignOutDeletesTheCookie()
    {
        await using var front = await FrontEnd.StartAsync();
        using var guest = await front.SignInAsync();
        var session = await guest.OpenSessionIdAsync();
        Assert.Equal(HttpStatusCode.OK, (await guest.PostBatchAsync(session)).StatusCode);
        await guest.SendAsync(HttpMethod.Post, "/api/sign-out", [("Origin", "http://elsewhere.example")]).AssertProblemAsync(403, "origin_refused");
        var signedOut = await guest.PostAsync("/api/sign-out", null, FrontEnd.Cancelled);
        Assert.Equal(HttpStatusCode.NoContent, signedOut.StatusCode);
        Assert.StartsWith("artfresh=; expires=Thu, 01 Jan 1970", Assert.Single(signedOut.Headers.GetValues("Set-Cookie")));
        // Who was nobody is nobody.
        Assert.Equal(HttpStatusCode.NoContent, (await front.Anonymous.PostAsync("/api/sign-out", null, FrontEnd.Cancelled)).StatusCode);
    }

    [Fact]
    public async Task AuthorityNeedsAnAudience()
    {
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => FrontEnd.StartAsync(options => options with { Jwt = new() { Authority = new Uri("https://login.example.com") } }));
        Assert.Contains("Jwt:Audience", refusal.Message);
    }

    [Fact]
    public async Task ShortSigningKeyIsRefusedAtTheStart()
    {
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => FrontEnd.StartAsync(options => options with { Jwt = new() { SigningKey = "short" } }));
        Assert.Contains("32 bytes", refusal.Message);
    }

    internal static string Jwt(
        string subject, string key = SigningKey, TimeSpan? lifetime = null, string audience = "artfresh", string algorithm = "HS256", string? type = "JWT", Dictionary<string, object>? more = null)
    {
        var claims = new Dictionary<string, object>(more ?? [])
        {
            ["sub"] = subject,
            ["aud"] = audience,
            ["exp"] = (TimeProvider.System.GetUtcNow() + (lifetime ?? TimeSpan.FromMinutes(5))).ToUnixTimeSeconds(),
        };
        var signed = $"{Part(JsonSerializer.Serialize(new { alg = algorithm, typ = type }, LeavingOutNulls))}.{Part(JsonSerializer.Serialize(claims))}";
        var signature = algorithm == "none" ? [] : HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(signed));
        return $"{signed}.{System.Buffers.Text.Base64Url.EncodeToString(signature)}";

        static string Part(string json) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
    }

    internal static Task<FrontEnd> StartWithIssuerAsync(string? operatorRole = null, string? operatorKey = "the operator's key") =>
        FrontEnd.StartAsync(options => options with
        {
            Jwt = new() { SigningKey = SigningKey, Audience = "artfresh" },
            Operators = new() { Role = operatorRole, Key = operatorKey },
        });

    private static async Task<string> ListenerIdAsync(HttpClient client)
    {
        var answer = await client.PostAsync("/api/sign-in/guest", null, FrontEnd.Cancelled);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.JsonAsync()).GetProperty("listenerId").GetString()!;
    }
}
