using System.Net;
using System.Text.Json;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace ArtFresh.Api.Tests;

public sealed class QuotasTests
{
    private static readonly Network Home = Network.Of(IPAddress.Parse("192.0.2.1"));
    private static readonly Network Elsewhere = Network.Of(IPAddress.Parse("198.51.100.1"));

    [Fact]
    public void AQuotaIsFullAgainAfterItsHour()
    {
        var clock = new FakeTimeProvider();
        var quotas = NewQuotas(new() { ArtworksServedPerHour = 60 }, clock);

        Assert.Null(quotas.Take(Quota.ArtworksServed, quotas.Of("guest-a", Home), 60));
        var refused = quotas.Take(Quota.ArtworksServed, quotas.Of("guest-a", Home), 10)!;
        Assert.Equal((429, "artworks-served", TimeSpan.FromMinutes(10)), (refused.Status, refused.Quota!.Value.Name, refused.RetryAfter));
        Assert.Equal(clock.GetUtcNow().AddHours(1), refused.Quota.Value.FullAgainAt);
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(quotas.Take(Quota.ArtworksServed, quotas.Of("guest-a", Home), 10));
        Assert.NotNull(quotas.Take(Quota.ArtworksServed, quotas.Of("guest-a", Home), 1));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(quotas.Take(Quota.ArtworksServed, quotas.Of("guest-a", Home), 60));
    }

    [Fact]
    public void ListenersOfOneNetworkShareItsQuotaAndNotAnothers()
    {
        var quotas = NewQuotas(new() { SessionsPerHour = 10, ListenersPerNetwork = 3 });

        var opened = Enumerable.Range(0, 100).Count(guest => quotas.Take(Quota.Sessions, quotas.Of($"guest-{guest}", Home)) is null);

        Assert.Equal(30, opened);
        Assert.Contains("Your network has", quotas.Take(Quota.Sessions, quotas.Of("guest-new", Home))!.Detail, StringComparison.Ordinal);
        Assert.Null(quotas.Take(Quota.Sessions, quotas.Of("guest-new", Elsewhere)));
    }

    /// <summary>What the network refuses costs the listener nothing: elsewhere they still have all of theirs.</summary>
    [Fact]
    public void RefusalTakesNoTokens()
    {
        var quotas = NewQuotas(new() { SessionsPerHour = 10, ListenersPerNetwork = 1 });
        quotas.Take(Quota.Sessions, quotas.Of("guest-a", Home), 10);
        Assert.NotNull(quotas.Take(Quota.Sessions, quotas.Of("guest-b", Home), 10));

        Assert.Null(quotas.Take(Quota.Sessions, quotas.Of("guest-b", Elsewhere), 10));
    }

    [Fact]
    public void OnlyChargedListenersAreRefusedForADebt()
    {
        var quotas = NewQuotas(new() { ArtworksUnservedPerHour = 100, ListenersPerNetwork = 2 });
        quotas.Charge(Quota.ArtworksUnserved, quotas.Of("guest-a", Home), 150);

        Assert.NotNull(quotas.RefuseIndebted(Quota.ArtworksUnserved, quotas.Of("guest-a", Home)));
        Assert.Null(quotas.RefuseIndebted(Quota.ArtworksUnserved, quotas.Of("guest-b", Home)));
        quotas.Charge(Quota.ArtworksUnserved, quotas.Of("guest-b", Home), 50);
        Assert.Contains("Your network has", quotas.RefuseIndebted(Quota.ArtworksUnserved, quotas.Of("guest-b", Home))!.Detail, StringComparison.Ordinal);
        Assert.Null(quotas.RefuseIndebted(Quota.ArtworksUnserved, quotas.Of("guest-c", Home)));
    }

    /// <summary>A /32 of IPv6 has 65,536 networks, more than are kept apart: whoever holds it must not leave the others one account.</summary>
    [Fact]
    public void WhoHoldsEverySmallNetworkSpendsNobodyElsesQuota()
    {
        var quotas = NewQuotas(new() { SessionsPerHour = 10, ListenersPerNetwork = 1 });
        for (var i = 0; i < 1 << 16; i++)
        {
            quotas.Take(Quota.Sessions, quotas.Of(null, Network.Of(IPAddress.Parse($"2001:db8:{i:x}::1"))), 10);
        }

        // Two of them may share a place with the attacker's wider network.
        var refused = Enumerable.Range(1, 40).Count(i => quotas.Take(Quota.Sessions, quotas.Of(null, Network.Of(IPAddress.Parse($"{100 + i}.7.8.9")))) is not null);

        Assert.InRange(refused, 0, 2);
    }

    [Fact]
    public void FrontEndsShareWhatANetworkCostsAndLeaveEachListenerTheirOwn()
    {
        RateOptions limits = new() { SessionsPerHour = 10, ListenersPerNetwork = 30, SignInsPerMinute = 120, ListenerRequestsBurst = 10, ListenerRequestsPerSecond = 1 };
        int Taken(int frontEnds, Quota quota)
        {
            var quotas = NewQuotas(limits);
            quotas.ShareAmong(frontEnds);
            return Enumerable.Range(0, 1000).Count(guest => quotas.Take(quota, quotas.Of($"guest-{guest}", Home)) is null);
        }

        Assert.Equal((300, 100, 10), (Taken(1, Quota.Sessions), Taken(3, Quota.Sessions), Taken(1000, Quota.Sessions)));
        Assert.Equal((120, 40, 1), (Taken(1, Quota.SignIns), Taken(3, Quota.SignIns), Taken(1000, Quota.SignIns)));
        Assert.Equal(300, Taken(3, Quota.Requests));
        var shared = NewQuotas(limits);
        shared.ShareAmong(1000);
        Assert.Null(shared.Take(Quota.Sessions, shared.Of("guest-a", Home), 10));
    }

    [Fact]
    public async Task FrontEndsLearnFromTheClusterHowManyTheyAre()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var front = await FrontEnd.StartAsync(options => options with { Limits = new() { SessionsPerHour = 1, ListenersPerNetwork = 4 } }, clock);
        front.Cluster.FrontEnds.Count = 2;
        // The answer to a note is used before the next one is sent.
        for (var notes = front.Cluster.FrontEnds.Notes + 2; front.Cluster.FrontEnds.Notes < notes;)
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, FrontEnd.Cancelled);
        }

        var opened = 0;
        for (var i = 0; i < 4; i++)
        {
            using var guest = await front.SignInAsync();
            opened += (await guest.PostTextAsync("/api/sessions", "{}")).StatusCode == HttpStatusCode.Created ? 1 : 0;
        }

        Assert.Equal(2, opened);
    }

    /// <summary>Duplicates and repeats are rows of the ledger too: a thousand a second filled the disk by gigabytes an hour.</summary>
    [Fact]
    public async Task BatchesAreCountedByWhatTheyTakeOnDisk()
    {
        await using var front = await FrontEnd.StartAsync(options => options with { Limits = new() { ImpressionKilobytesPerHour = 10 } });
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        var large = Clients.Batch(sessionId)[..^1] + $",\"padding\":\"{new string('x', 5 * 1024)}\"}}";

        Assert.Equal(HttpStatusCode.OK, (await client.PostTextAsync("/api/artworks/batch-impressions", large)).StatusCode);
        var refused = await client.PostTextAsync("/api/artworks/batch-impressions", large).AssertProblemAsync(429, "too_many_requests");
        Assert.Equal("impression-kilobytes", refused.GetProperty("quota").GetString());
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await client.PostBatchAsync(sessionId)).StatusCode);
        }
        await client.PostBatchAsync(sessionId).AssertProblemAsync(429, "too_many_requests");
        await client.PostTextAsync("/api/artworks/5/impression", $"{{\"sessionId\":\"{sessionId}\"}}").AssertProblemAsync(429, "too_many_requests");
    }

    /// <summary>Fresh art is asked for fifty thousand times a second: what is counted of a request must leave nothing to the garbage collector.</summary>
    [Fact]
    public void TokensOfAKnownCookieAreTakenWithoutGarbage()
    {
        var quotas = NewQuotas(new() { ListenerRequestsBurst = 1_000_000, ArtworksServedPerHour = 1_000_000 });
        var cookies = new KnownCookies(new FakeTimeProvider());
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.1");
        http.Request.Headers.Cookie = $"other=1; artfresh={new string('a', 220)}";
        cookies.Note(http.Request, new(Authentication.IdentityOfGuest("guest-a")));
        void Take()
        {
            var user = cookies.Find(http.Request.Headers.Cookie.ToString())!;
            http.User = user;
            Assert.Null(quotas.Take(Quota.Requests, quotas.Of(http, user.ListenerId, Network.Of(http))));
            Assert.Null(quotas.Take(Quota.ArtworksServed, quotas.Of(http, user.ListenerId, Network.Of(http)), 5));
        }

        Take();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            Take();
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }

    [Fact]
    public async Task FreshArtIsCountedByArtworkAndTheRefusalNamesTheQuota()
    {
        await using var front = await FrontEnd.StartAsync(options => options with { Limits = new() { ArtworksServedPerHour = 100 } });
        using var greedy = await front.SignInAsync();
        using var modest = await front.SignInAsync();
        var sessionId = await greedy.OpenSessionIdAsync();

        Assert.Equal(HttpStatusCode.OK, (await greedy.FetchAsync($"/api/artworks/fresh?sessionId={sessionId}&count=50")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await greedy.FetchAsync($"/api/artworks/fresh?sessionId={sessionId}&count=50")).StatusCode);
        var refused = await greedy.FetchAsync($"/api/artworks/fresh?sessionId={sessionId}&count=50").AssertProblemAsync(429, "too_many_requests");

        Assert.Equal("artworks-served", refused.GetProperty("quota").GetString());
        Assert.InRange(refused.GetProperty("fullAgainAt").GetDateTime() - TimeProvider.System.GetUtcNow().UtcDateTime, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
        Assert.Equal(HttpStatusCode.OK, (await modest.FetchAsync($"/api/artworks/fresh?sessionId={await modest.OpenSessionIdAsync()}&count=50")).StatusCode);
    }

    [Fact]
    public async Task SessionsAndMadeArtworksAreCounted()
    {
        await using var front = await FrontEnd.StartAsync(options => options with { Limits = new() { SessionsPerHour = 2, ArtworksMadePerHour = 3 } });
        using var client = await front.SignInAsync();
        await client.OpenSessionIdAsync();
        var sessionId = await client.OpenSessionIdAsync();
        var refused = await client.PostTextAsync("/api/sessions", "{}").AssertProblemAsync(429, "too_many_requests");
        Assert.Equal("sessions", refused.GetProperty("quota").GetString());

        Assert.Equal(HttpStatusCode.OK, (await MakeAsync(client, sessionId, 1)).StatusCode);
        refused = await MakeAsync(client, sessionId, 3).AssertProblemAsync(429, "too_many_requests");
        Assert.Equal("artworks-made", refused.GetProperty("quota").GetString());
    }

    /// <summary>Twenty guests of one network delivered 42,000 artworks at once, and an honest listener's requests took ninety times as long.</summary>
    [Fact]
    public async Task NetworkDeliversFourListenersHoursOfMadeArtworksAtOnce()
    {
        await using var front = await StartAsync(new() { ArtworksMadePerHour = 3 });
        for (var guest = 0; guest < 7; guest++)
        {
            using var client = await front.SignInAsync();
            var answer = MakeAsync(client, await client.OpenSessionIdAsync(), 1);
            if (guest < 6)
            {
                Assert.Equal(HttpStatusCode.OK, (await answer).StatusCode);
            }
            else
            {
                Assert.Equal("artworks-made", (await answer.AssertProblemAsync(429, "too_many_requests")).GetProperty("quota").GetString());
            }
        }
    }

    private static Task<HttpResponseMessage> MakeAsync(HttpClient client, Guid sessionId, int first) => client.PostTextAsync("/api/artworks/batch-impressions", JsonSerializer.Serialize(new
    {
        sessionId,
        batchId = Guid.CreateVersion7(),
        firstNumber = first,
        artworkIds = new long[] { -1, -2 },
        genomes = new[] { "a", "b" },
    }));

    /// <summary>Twelve guests who kept artworks in a loop made an honest listener's requests eight times as slow.</summary>
    [Fact]
    public async Task ChangesOfWhatIsKeptAreCountedAndWhatChangesNothingIsFree()
    {
        await using var front = await StartAsync(new() { BareWritesPerMinute = 2 });
        using var client = await front.SignInAsync();
        Task<HttpResponseMessage> KeepAsync(int artwork) => client.PutAsync($"/api/artworks/{artwork}/keep", null, FrontEnd.Cancelled);
        Task<HttpResponseMessage> UnkeepAsync() => client.DeleteAsync("/api/artworks/7/keep", FrontEnd.Cancelled);
        async Task AssertFreeAsync(HttpStatusCode status, Func<Task<HttpResponseMessage>> send)
        {
            for (var i = 0; i < 5; i++)
            {
                Assert.Equal(status, (await send()).StatusCode);
            }
        }

        await AssertFreeAsync(HttpStatusCode.NoContent, UnkeepAsync);
        await AssertFreeAsync(HttpStatusCode.NotFound, () => KeepAsync(6));
        await AssertFreeAsync(HttpStatusCode.Conflict, () => KeepAsync(8));
        await AssertFreeAsync(HttpStatusCode.NoContent, () => KeepAsync(7));
        Assert.Equal(HttpStatusCode.NoContent, (await UnkeepAsync()).StatusCode);
        var refused = await KeepAsync(7).AssertProblemAsync(429, "too_many_requests");
        Assert.Equal("bare-writes", refused.GetProperty("quota").GetString());
        await AssertFreeAsync(HttpStatusCode.NoContent, UnkeepAsync);
        // Five of each that was refused, and two changes.
        Assert.Equal(12, front.Cluster.Records.Writes);
    }

    /// <summary>Thirty guests who offered 3,000 ids each time made an honest listener's requests sixty times as slow.</summary>
    [Fact]
    public async Task OffersAreCountedByTheirArtworks()
    {
        await using var front = await StartAsync(new() { BareWritesPerMinute = 11 });
        using var client = await front.SignInAsync();
        Task<HttpResponseMessage> OfferAsync() => client.PostTextAsync("/api/listeners/me/shown", $$"""{"epoch":2,"artworkIds":[{{string.Join(',', Enumerable.Range(1, 2_999))}}]}""");
        Assert.Equal(HttpStatusCode.OK, (await OfferAsync()).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await OfferAsync()).StatusCode);

        var refused = await OfferAsync().AssertProblemAsync(429, "too_many_requests");
        Assert.Equal("bare-writes", refused.GetProperty("quota").GetString());
    }

    /// <summary>Sixteen guests wrote a thousand rows a second of one batch.</summary>
    [Fact]
    public async Task BatchesInWhichNothingIsNewAreCounted()
    {
        await using var front = await StartAsync(new() { RepeatsPerMinute = 3, BareWritesPerMinute = 1 });
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await client.PutAsync("/api/artworks/7/keep", null, FrontEnd.Cancelled)).StatusCode);
        // What is kept costs no impressions.
        Assert.Equal("bare-writes", (await client.PutAsync("/api/artworks/9/keep", null, FrontEnd.Cancelled).AssertProblemAsync(429, "too_many_requests")).GetProperty("quota").GetString());
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await client.PostBatchAsync(sessionId)).StatusCode);
        }

        var refused = await client.PostBatchAsync(sessionId).AssertProblemAsync(429, "too_many_requests");
        Assert.Equal("repeats", refused.GetProperty("quota").GetString());
        Assert.Equal(4, front.Cluster.OnlySession.Batches.Count);
    }

    /// <summary>The proof of an erasure stays, and an export reads a whole history.</summary>
    [Fact]
    public async Task ExportingAndErasingAreCounted()
    {
        await using var front = await StartAsync(new() { SessionsPerHour = 1, ListenersPerNetwork = 2 });
        using var client = await front.SignInAsync();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/listeners/me/export", FrontEnd.Cancelled)).StatusCode);
        var exported = await client.GetAsync("/api/listeners/me/export", FrontEnd.Cancelled).AssertProblemAsync(429, "too_many_requests");
        Assert.Equal("sessions", exported.GetProperty("quota").GetString());

        using var guest = await front.SignInAsync();
        Assert.Equal(HttpStatusCode.Accepted, (await guest.DeleteAsync("/api/listeners/me", FrontEnd.Cancelled)).StatusCode);

        using var third = await front.SignInAsync();
        var refused = await third.DeleteAsync("/api/listeners/me", FrontEnd.Cancelled).AssertProblemAsync(429, "too_many_requests");
        Assert.Equal("sessions", refused.GetProperty("quota").GetString());
    }

    /// <summary>Whoever waits for a server that is down must not find the quotas spent when it is back.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task WhatTheServerCouldNotDoTakesNoTokens(bool isThrown)
    {
        await using var front = await FrontEnd.StartAsync(
            options => options with { Limits = new() { SessionsPerHour = 2, ArtworksServedPerHour = 5, ArtworksMadePerHour = 3, ImpressionKilobytesPerHour = 3, ListenersPerNetwork = 1 } },
            new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        Task<HttpResponseMessage> FreshAsync() => client.FetchAsync($"/api/artworks/fresh?sessionId={sessionId}&count=5");
        Task<HttpResponseMessage> MakeAsync() => client.PostTextAsync("/api/artworks/batch-impressions", JsonSerializer.Serialize(new
        {
            sessionId,
            batchId = Guid.CreateVersion7(),
            firstNumber = 1,
            artworkIds = new long[] { -1, -2, -3 },
            genomes = new[] { "a", "b", "c" },
        }));
        front.Cluster.Forced = isThrown ? null : SessionOutcome.Unavailable;
        front.Cluster.Fault = isThrown ? new UnavailableException("The ledger is down.") : null;
        for (var i = 0; i < 10; i++)
        {
            await FreshAsync().AssertProblemAsync(503, "unavailable");
            await MakeAsync().AssertProblemAsync(503, "unavailable");
            await client.PostTextAsync("/api/sessions", "{}").AssertProblemAsync(503, "unavailable");
        }

        (front.Cluster.Forced, front.Cluster.Fault) = (null, null);
        Assert.Equal(HttpStatusCode.OK, (await FreshAsync()).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await MakeAsync()).StatusCode);
        await client.OpenSessionIdAsync();
        await FreshAsync().AssertProblemAsync(429, "too_many_requests");
    }

    /// <summary>Sixty guests a minute, each with a bucket of their own, would be three thousand requests a second from one address.</summary>
    [Fact]
    public async Task GuestsOfOneNetworkShareItsRequests()
    {
        await using var front = await FrontEnd.StartAsync(
            options => options with { Limits = new() { ListenerRequestsPerSecond = 1, ListenerRequestsBurst = 10, ListenersPerNetwork = 2 } },
            new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        var guests = new List<HttpClient>();
        for (var i = 0; i < 5; i++)
        {
            guests.Add(await front.SignInAsync());
        }

        var served = 0;
        foreach (var guest in guests)
        {
            for (var i = 0; i < 10; i++)
            {
                served += (await guest.FetchAsync("/api/artworks/1")).StatusCode == HttpStatusCode.OK ? 1 : 0;
            }
            guest.Dispose();
        }

        Assert.InRange(served, 20, 40);
    }

    private static Task<FrontEnd> StartAsync(RateOptions limits) =>
        FrontEnd.StartAsync(options => options with { Limits = limits }, new FakeTimeProvider(TimeProvider.System.GetUtcNow()));

    internal static Quotas NewQuotas(RateOptions limits, TimeProvider? clock = null) =>
        new(new ApiOptions { DataDirectory = ".", Limits = limits }, clock ?? new FakeTimeProvider());
}
