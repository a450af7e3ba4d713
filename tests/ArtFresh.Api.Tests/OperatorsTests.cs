using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ArtFresh.Contracts;
using Microsoft.Extensions.Time.Testing;

namespace ArtFresh.Api.Tests;

public sealed class OperatorsTests
{
    private const string Key = "the operator's key";

    private static readonly string[] Pages = ["/api/ops/legacy", "/api/ops/kpis", "/api/ops/cluster"];

    [Fact]
    public async Task FiguresAreShown()
    {
        await using var front = await FrontEnd.StartAsync();
        var legacy = await front.Operator.FetchAsync("/api/ops/legacy");
        Assert.Equal("""{"impressionsWithoutViewedAt":1,"repeatedServes":2,"repeats":3,"artworks":4,"viewed":5}""", await legacy.Content.ReadAsStringAsync(FrontEnd.Cancelled));
        Assert.Equal("no-store", legacy.Headers.CacheControl?.ToString());
        var kpis = await front.Operator.FetchAsync("/api/ops/kpis?days=400&release=r1");
        const string figures = """[{"name":"delivery","numerator":99,"denominator":100,"value":0.99,"target":0.9,"verdict":"pass","unit":"share","relation":"over","source":"claim","isPromise":false}]""";
        Assert.Equal(
            $$"""{"release":"r1","releases":["r1","r2"],"figures":{{figures}},"days":[{"day":"2026-03-04","observed":true,"figures":{{figures}}}]}""",
            await kpis.Content.ReadAsStringAsync(FrontEnd.Cancelled));
        Assert.Equal((400, "r1"), front.Cluster.Queries.Asked);
        await front.Operator.FetchAsync("/api/ops/kpis");
        Assert.Equal((7, null), front.Cluster.Queries.Asked);
    }

    [Fact]
    public async Task ClusterAndSessionAreShown()
    {
        await using var front = await FrontEnd.StartAsync();
        var cluster = await front.Operator.FetchAsync("/api/ops/cluster");
        Assert.Equal(
            """{"version":"1.0.0","schemaApplied":3,"schemaKnown":3,"silos":[{"address":"10.0.0.1:1","status":"active"}]}""",
            await cluster.Content.ReadAsStringAsync(FrontEnd.Cancelled));
        var page = $"/api/ops/sessions/{Guid.CreateVersion7()}";
        var session = await front.Operator.FetchAsync($"{page}?listener=guest-a");
        Assert.Equal("""{"release":"r1","ended":false,"impressions":4,"highWater":3,"missing":1}""", await session.Content.ReadAsStringAsync(FrontEnd.Cancelled));
        await front.Operator.FetchAsync($"{page}?listener=guest-b").AssertProblemAsync(404, "session_not_found");
        await front.Operator.FetchAsync("/api/ops/sessions/none?listener=guest-a").AssertProblemAsync(404, "session_not_found");
        await front.Operator.FetchAsync(page).AssertProblemAsync(400, "invalid_request", "listener");
    }

    [Fact]
    public async Task ArtworkIsWithdrawnWithAReasonAndPutBack()
    {
        await using var front = await FrontEnd.StartAsync();
        var done = await front.Operator.PostTextAsync("/api/ops/artworks/7/withdraw", """{"reason":"a claim"}""");
        Assert.Equal("""{"changed":1}""", await done.Content.ReadAsStringAsync(FrontEnd.Cancelled));
        await front.Operator.PostTextAsync("/api/ops/artworks/7/withdraw", """{"reason":"no claim","undo":true}""");
        Assert.Equal(
            [(new WithdrawalWish(WithdrawBy.Id, "7"), "a claim"), (new WithdrawalWish(WithdrawBy.Id, "7", true), "no claim")],
            front.Cluster.Withdrawals.Asked.Select(asked => (asked.Wish, asked.Reason)));
        await front.Operator.PostTextAsync("/api/ops/artworks/7/withdraw", """{"reason":" "}""").AssertProblemAsync(400, "invalid_request", "reason");
        await front.Operator.PostTextAsync("/api/ops/artworks/1000001/withdraw", """{"reason":"a claim"}""").AssertProblemAsync(404, "artwork_not_found");
        await front.Operator.PostTextAsync("/api/ops/artworks/x/withdraw", """{"reason":"a claim"}""").AssertProblemAsync(404, "artwork_not_found");
        using var guest = await front.SignInAsync();
        await guest.PostTextAsync("/api/ops/artworks/7/withdraw", """{"reason":"a claim"}""").AssertProblemAsync(403, "not_operator");
        Assert.Equal(3, front.Cluster.Withdrawals.Asked.Count);
    }

    [Fact]
    public async Task WaitingPicturesAreShownAndDecidedOnWithAReason()
    {
        await using var front = await FrontEnd.StartAsync();
        Assert.Equal(
            "{\"pictures\":[{\"id\":3,\"imageUrl\":\"/api/ops/held/3/picture\",\"heldAt\":\"1970-01-01T00:00:00Z\",\"generator\":\"import\",\"mood\":{\"valence\":0.5,\"energy\":0.5},"
            + "\"title\":\"Three\",\"author\":\"Ada\",\"licence\":\"CC0\",\"source\":\"https://pictures.test/3\",\"collection\":\"Boats\",\"digitalSourceType\":\"digitalArt\"}],\"waiting\":2}",
            await front.Operator.GetStringAsync(new Uri("/api/ops/held?limit=1", UriKind.Relative), FrontEnd.Cancelled));
        Assert.Equal(
            "{\"pictures\":[{\"id\":4,\"imageUrl\":\"/api/ops/held/4/picture\",\"heldAt\":\"1970-01-01T00:00:00Z\",\"generator\":\"model\",\"mood\":{\"valence\":0.25,\"energy\":0.75},"
            + "\"title\":\"Four\",\"prompt\":\"A prompt\"}],\"waiting\":2}",
            await front.Operator.GetStringAsync(new Uri("/api/ops/held?after=3", UriKind.Relative), FrontEnd.Cancelled));
        Assert.Equal([(0, 1), (3, 20)], front.Cluster.Held.Read);
        Assert.Equal([7, 4], await front.Operator.GetByteArrayAsync(new Uri("/api/ops/held/3/picture?width=900", UriKind.Relative), FrontEnd.Cancelled));
        Assert.Equal(204, (int)(await front.Operator.PostTextAsync("/api/ops/held/3/approve", "{\"reason\":\"good\"}")).StatusCode);
        Assert.Equal(204, (int)(await front.Operator.PostTextAsync("/api/ops/held/4/refuse", "{\"reason\":\"bad\"}")).StatusCode);
        Assert.Equal([(3, true, "good"), (4, false, "bad")], front.Cluster.Held.Decided.Select(one => (one.HeldId, one.IsApproved, one.Reason)));

        await front.Operator.PostTextAsync("/api/ops/held/9/approve", "{\"reason\":\"good\"}").AssertProblemAsync(404, "held_picture_not_found");
        await front.Operator.PostTextAsync("/api/ops/held/x/refuse", "{\"reason\":\"good\"}").AssertProblemAsync(404, "held_picture_not_found");
        await front.Operator.PostTextAsync("/api/ops/held/3/refuse", "{\"reason\":\" \"}").AssertProblemAsync(400, "invalid_request", "reason");
        await front.Operator.FetchAsync("/api/ops/held/9/picture").AssertProblemAsync(404, "held_picture_not_found");
        await front.Operator.FetchAsync("/api/ops/held/3/picture?width=0").AssertProblemAsync(400, "invalid_request", "width");
        await front.Operator.FetchAsync("/api/ops/held?limit=101").AssertProblemAsync(400, "invalid_request", "limit");
        await front.Operator.FetchAsync("/api/ops/held?after=-1").AssertProblemAsync(400, "invalid_request", "after");
        using var guest = await front.SignInAsync();
        await guest.FetchAsync("/api/ops/held").AssertProblemAsync(403, "not_operator");
        await guest.FetchAsync("/api/ops/held/3/picture").AssertProblemAsync(403, "not_operator");
        await guest.PostTextAsync("/api/ops/held/3/approve", "{\"reason\":\"good\"}").AssertProblemAsync(403, "not_operator");
        Assert.Equal(3, front.Cluster.Held.Decided.Count);
    }

    [Theory]
    [InlineData("days=0", "days")]
    [InlineData("days=401", "days")]
    [InlineData("days=-1", "days")]
    [InlineData("days=week", "days")]
    [InlineData("days=", "days")]
    [InlineData("release=", "release")]
    [InlineData("release=a/b", "release")]
    public async Task InvalidQueryIsRefusedWithItsField(string query, string field)
    {
        await using var front = await FrontEnd.StartAsync();
        await front.Operator.FetchAsync($"/api/ops/kpis?{query}").AssertProblemAsync(400, "invalid_request", field);
        Assert.Null(front.Cluster.Queries.Asked);
    }

    public static TheoryData<string, string> Claims() => new()
    {
        { FrontEnd.RemoteAddressHeader, "192.0.2.7" },
        { FrontEnd.RemoteAddressHeader, "127.0.0.1" },
        { "X-Forwarded-For", "127.0.0.1" },
        { "X-Original-For", "127.0.0.1" },
        { "Forwarded", "for=127.0.0.1" },
        { "Via", "1.1 balancer" },
        { "Host", "rebound.example" },
        { "Host", "localhost:1" },
    };

    [Theory, MemberData(nameof(Claims))]
    public async Task NoAddressMakesACallerAnOperator(string header, string value)
    {
        foreach (var operators in new OperatorOptions[] { new(), new() { Key = Key }, new() { Role = "operator" } })
        {
            await using var front = await FrontEnd.StartAsync(options => options with { Operators = operators, TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] });
            using var guest = await front.SignInAsync();
            foreach (var page in Pages)
            {
                await front.Anonymous.FetchAsync(page, (header, value)).AssertProblemAsync(401, "not_signed_in");
                await guest.FetchAsync(page, (header, value)).AssertProblemAsync(403, "not_operator");
            }
        }
    }

    /// <summary>However it is typed: a page that were shown at such an address would leave the key in the browser's history.</summary>
    [Theory]
    [InlineData("/ops/")]
    [InlineData("/OPS")]
    [InlineData("/%6fps")]
    public async Task LinkIsExchangedHoweverItIsSpelled(string page)
    {
        await using var front = await FrontEnd.StartAsync(options => options with { Operators = new() { Key = Key } });
        var exchanged = await front.Anonymous.FetchAsync($"{page}?key={Uri.EscapeDataString(Key)}");
        Assert.Equal((HttpStatusCode.SeeOther, "/ops"), (exchanged.StatusCode, exchanged.Headers.Location?.ToString()));
        Assert.Single(exchanged.Headers.GetValues("Set-Cookie"));
    }

    [Fact]
    public async Task LinkWithTheKeyIsExchangedForACookieThatCountsOnOperatorsPagesOnly()
    {
        await using var front = await FrontEnd.StartAsync(options => options with { Operators = new() { Key = Key } });
        var exchanged = await front.Anonymous.FetchAsync($"/ops?key={Uri.EscapeDataString(Key)}");
        Assert.Equal((HttpStatusCode.SeeOther, "/ops", true), (exchanged.StatusCode, exchanged.Headers.Location?.ToString(), exchanged.Headers.CacheControl?.NoStore));
        var cookie = Assert.Single(exchanged.Headers.GetValues("Set-Cookie"));
        Assert.Contains("; samesite=strict; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("expires", cookie, StringComparison.OrdinalIgnoreCase);
        using var browser = await front.SignInAsync();
        var guest = browser.DefaultRequestHeaders.GetValues("Cookie").Single();
        browser.DefaultRequestHeaders.Remove("Cookie");
        browser.DefaultRequestHeaders.Add("Cookie", $"{guest}; {FrontEnd.CookieOf(exchanged)}");
        foreach (var page in Pages)
        {
            Assert.Equal(HttpStatusCode.OK, (await browser.FetchAsync(page)).StatusCode);
        }
        Assert.StartsWith("guest-", (await (await browser.PostTextAsync("/api/sign-in/guest", "")).JsonAsync()).GetProperty("listenerId").GetString(), StringComparison.Ordinal);

        // As a page of another host of this site would: browsers send it Strict cookies too.
        await browser.FetchAsync(Pages[0], ("Origin", "https://other.example")).AssertProblemAsync(403, "not_operator");
        await browser.SendAsync(HttpMethod.Post, "/api/ops/releases/r1/delivery", [("Origin", "https://other.example")], Clients.Json("{}")).AssertProblemAsync(403, "not_operator");
        var signedOut = await browser.PostTextAsync("/api/sign-out", "");
        Assert.Contains(signedOut.Headers.GetValues("Set-Cookie"), header => header.StartsWith("artfresh-operator=;", StringComparison.Ordinal));
    }

    [Fact]
    public async Task CopyOfTheCookieEndsWithItsSignOutAndOtherSignInsDoNot()
    {
        await using var front = await FrontEnd.StartAsync(options => options with { Operators = new() { Key = Key } });
        async Task<string> SignInAsync() => FrontEnd.CookieOf(await front.Anonymous.FetchAsync($"/ops?key={Uri.EscapeDataString(Key)}"));
        Task<HttpResponseMessage> AskAsync(string cookie) => front.Anonymous.FetchAsync(Pages[0], ("Cookie", cookie));
        var (mine, another) = (await SignInAsync(), await SignInAsync());
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(mine)).StatusCode);

        Assert.Equal(HttpStatusCode.NoContent, (await front.Anonymous.SendAsync(HttpMethod.Post, "/api/sign-out", [("Cookie", mine)])).StatusCode);

        await AskAsync(mine).AssertProblemAsync(401, "not_signed_in");
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(another)).StatusCode);
    }

    [Fact]
    public async Task CookieOfAnotherKeyIsInvalid()
    {
        var data = FrontEnd.NewDirectory();
        string cookie;
        await using (var before = await FrontEnd.StartAsync(dataDirectory: data))
        {
            cookie = FrontEnd.CookieOf(await before.Anonymous.FetchAsync($"/ops?key={Uri.EscapeDataString(FrontEnd.OperatorsKey)}"));
            Assert.Equal(HttpStatusCode.OK, (await before.Anonymous.FetchAsync(Pages[0], ("Cookie", cookie))).StatusCode);
        }
        foreach (var operators in new OperatorOptions[] { new() { Key = Key }, new() { Role = "operator" } })
        {
            await using var after = await FrontEnd.StartAsync(options => options with { Operators = operators }, dataDirectory: data);
            await after.Anonymous.FetchAsync(Pages[0], ("Cookie", cookie)).AssertProblemAsync(401, "not_signed_in");
        }
    }

    [Fact]
    public async Task StoredKeysAreEncryptedAndUselessWithoutTheCertificate()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=keys", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(60));
        var data = FrontEnd.NewDirectory();
        ApiOptions Encrypted(ApiOptions options) => options with { KeysCertificate = certificate };
        string cookie;
        string? guest;
        await using (var first = await FrontEnd.StartAsync(Encrypted, dataDirectory: data))
        {
            var signedIn = await first.Anonymous.PostTextAsync("/api/sign-in/guest", "");
            (cookie, guest) = (FrontEnd.CookieOf(signedIn), (await signedIn.JsonAsync()).GetProperty("listenerId").GetString());
        }
        var file = await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(Path.Combine(data, "keys"))), FrontEnd.Cancelled);
        Assert.Contains("EncryptedData", file, StringComparison.Ordinal);
        Assert.DoesNotContain("<value>", file, StringComparison.Ordinal);
        await using (var second = await FrontEnd.StartAsync(Encrypted, dataDirectory: data))
        {
            var again = await second.Anonymous.SendAsync(HttpMethod.Post, "/api/sign-in/guest", [("Cookie", cookie)]);
            Assert.Equal(guest, (await again.JsonAsync()).GetProperty("listenerId").GetString());
        }
        await using var thief = await FrontEnd.StartAsync(dataDirectory: data);
        var other = await thief.Anonymous.SendAsync(HttpMethod.Post, "/api/sign-in/guest", [("Cookie", cookie)]);
        Assert.NotEqual(guest, (await other.JsonAsync()).GetProperty("listenerId").GetString());
    }

    [Fact]
    public async Task WrongLinkCountsAsAGuessAndSetsNoCookie()
    {
        await using var front = await FrontEnd.StartAsync(options => options with { Operators = new() { Key = Key }, Limits = new() { KeyGuessesPerMinute = 2 } });
        for (var i = 0; i < 2; i++)
        {
            var wrong = await front.Anonymous.FetchAsync("/ops?key=not%20the%20key");
            Assert.Equal((HttpStatusCode.SeeOther, false), (wrong.StatusCode, wrong.Headers.Contains("Set-Cookie")));
        }
        await front.Anonymous.FetchAsync($"/ops?key={Uri.EscapeDataString(Key)}").AssertProblemAsync(429, "too_many_requests");
    }

    [Fact]
    public async Task MetricsKeyMakesNobodyAnOperator()
    {
        const string metrics = "what Prometheus sends";
        await using var front = await FrontEnd.StartAsync(options => options with { Operators = new() { Key = Key, MetricsKey = metrics }, Limits = new() { KeyGuessesPerMinute = 1 } });
        using var prometheus = front.WithBearer(metrics);
        foreach (var page in Pages)
        {
            await prometheus.FetchAsync(page).AssertProblemAsync(403, "not_operator");
        }
        await prometheus.PostTextAsync("/api/ops/releases/r1/delivery", "{}").AssertProblemAsync(403, "not_operator");
        await prometheus.PostTextAsync("/api/sessions", "{}").AssertProblemAsync(401, "not_signed_in");
        var link = await front.Anonymous.FetchAsync($"/ops?key={Uri.EscapeDataString(metrics)}");
        Assert.False(link.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task KeyMakesItsHolderAnOperatorFromAnywhere()
    {
        await using var front = await FrontEnd.StartAsync(options => options with { Operators = new() { Key = Key } });
        using var holder = front.WithBearer(Key);
        using var other = front.WithBearer(Key + "x");
        using var guest = await front.SignInAsync();
        foreach (var page in Pages)
        {
            Assert.Equal(HttpStatusCode.OK, (await holder.FetchAsync(page, (FrontEnd.RemoteAddressHeader, "192.0.2.7"))).StatusCode);
            await other.FetchAsync(page).AssertProblemAsync(401, "not_signed_in");
            await front.Anonymous.FetchAsync(page).AssertProblemAsync(401, "not_signed_in");
            await guest.FetchAsync(page).AssertProblemAsync(403, "not_operator");
        }
        await holder.PostTextAsync("/api/sessions", "{}").AssertProblemAsync(401, "not_signed_in");
    }

    /// <summary>
    /// Whoever shares the network, or a proxy that is not trusted, must not lock operators and Prometheus out. A key as the server makes it is never guessed, and
    /// passes also after a restart, which forgets who sent it.
    /// </summary>
    [Fact]
    public async Task RightKeyThatNobodyCanGuessPassesHoweverManyWrongOnesCame()
    {
        var (key, metrics) = (Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));
        await using var front = await FrontEnd.StartAsync(options => options with { Operators = new() { Key = key, MetricsKey = metrics }, Limits = new() { KeyGuessesPerMinute = 2 } });
        using var guesser = front.WithBearer(key[..^1] + "x");
        using var holder = front.WithBearer(key);
        using var prometheus = front.WithBearer(metrics);
        (string, string)[] elsewhere = [(FrontEnd.RemoteAddressHeader, "192.0.2.1")];
        foreach (var network in ((string, string)[][])[[], elsewhere])
        {
            for (var i = 0; i < 2; i++)
            {
                await guesser.FetchAsync("/api/ops/legacy", network).AssertProblemAsync(401, "not_signed_in");
            }
            await guesser.FetchAsync("/api/ops/legacy", network).AssertProblemAsync(429, "too_many_requests");
        }

        Assert.Equal(HttpStatusCode.OK, (await holder.FetchAsync("/api/ops/legacy", elsewhere)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await holder.FetchAsync("/api/ops/legacy")).StatusCode);
        Assert.True((await front.Anonymous.FetchAsync($"/ops?key={key}")).Headers.Contains("Set-Cookie"));
        await prometheus.FetchAsync("/api/ops/legacy").AssertProblemAsync(403, "not_operator");
    }

    [Fact]
    public async Task WrongKeysAreLimitedByNetworkAndLockNobodyElseOut()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var front = await FrontEnd.StartAsync(
            options => options with { Operators = new() { Key = Key }, Limits = new() { KeyGuessesPerMinute = 3, ListenerRequestsBurst = 1000 } }, clock);
        using var holder = front.WithBearer(Key);
        using var guesser = front.WithBearer("not the operator's key");
        Task<HttpResponseMessage> AskAsync(HttpClient client, string address) => client.FetchAsync("/api/ops/legacy", (FrontEnd.RemoteAddressHeader, address));
        for (var i = 1; i <= 3; i++)
        {
            await AskAsync(guesser, $"192.0.2.{i}").AssertProblemAsync(401, "not_signed_in");
        }
        var refused = AskAsync(guesser, "192.0.2.9");
        await refused.AssertProblemAsync(429, "too_many_requests");
        Assert.Equal(TimeSpan.FromSeconds(20), (await refused).Headers.RetryAfter!.Delta);
        // In the guesser's network a right key that might be guessed is refused too, or guessing could go on.
        await AskAsync(holder, "192.0.2.10").AssertProblemAsync(429, "too_many_requests");
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(holder, "192.0.3.1")).StatusCode);

        // From everywhere at once, a network has one guess; a right key is let in from any that has not guessed.
        for (var i = 0; i < 27; i++)
        {
            await AskAsync(guesser, $"2001:db8:{i}::1").AssertProblemAsync(401, "not_signed_in");
        }
        await AskAsync(guesser, "2001:db8:fff::1").AssertProblemAsync(401, "not_signed_in");
        await AskAsync(guesser, "2001:db8:fff:1::1").AssertProblemAsync(429, "too_many_requests");
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(holder, "2001:db8:ffff::1")).StatusCode);

        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(holder, "192.0.2.10")).StatusCode);
    }

    /// <summary>Nor is a key compared there: an answer to the right one would tell it from others.</summary>
    [Fact]
    public async Task BearersAtListenersAddressesAreNoGuesses()
    {
        await using var front = await FrontEnd.StartAsync(
            options => options with { Operators = new() { Key = Key }, Limits = new() { KeyGuessesPerMinute = 1, ListenerRequestsBurst = 1, ListenersPerNetwork = 5 } },
            new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        using var holder = front.WithBearer(Key);
        using var other = front.WithBearer(Key + "x");
        for (var i = 0; i < 4; i++)
        {
            await other.PostTextAsync("/api/sessions", "{}").AssertProblemAsync(401, "not_signed_in");
        }
        Assert.Equal(HttpStatusCode.OK, (await holder.FetchAsync(Pages[0])).StatusCode);
        await holder.PostTextAsync("/api/sessions", "{}").AssertProblemAsync(401, "not_signed_in");
        await holder.PostTextAsync("/api/sessions", "{}").AssertProblemAsync(429, "too_many_requests");
    }

    [Fact]
    public async Task ExpiredJwtDoesNotCountAsAGuess()
    {
        await using var front = await SignInTests.StartWithIssuerAsync();
        using var late = front.WithBearer(SignInTests.Jwt("ann", lifetime: TimeSpan.FromMinutes(-5)));
        for (var i = 0; i < 20; i++)
        {
            await late.PostTextAsync("/api/sessions", "{}").AssertProblemAsync(401, "not_signed_in");
        }
    }

    [Fact]
    public async Task RoleOfAJwtMakesItsBearerAnOperator()
    {
        await using var front = await SignInTests.StartWithIssuerAsync(operatorRole: "artfresh-operator");
        using var inRole = front.WithBearer(SignInTests.Jwt("ann", more: new() { ["role"] = "artfresh-operator" }));
        using var inRoles = front.WithBearer(SignInTests.Jwt("ann", more: new() { ["roles"] = new[] { "reader", "artfresh-operator" } }));
        using var outside = front.WithBearer(SignInTests.Jwt("bob", more: new() { ["roles"] = new[] { "reader" } }));
        using var holder = front.WithBearer(Key);
        foreach (var page in Pages)
        {
            Assert.Equal(HttpStatusCode.OK, (await inRole.FetchAsync(page)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await inRoles.FetchAsync(page)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await holder.FetchAsync(page)).StatusCode);
            await outside.FetchAsync(page).AssertProblemAsync(403, "not_operator");
            await front.Anonymous.FetchAsync(page).AssertProblemAsync(401, "not_signed_in");
        }
        await inRole.OpenSessionAsync();
    }
}
