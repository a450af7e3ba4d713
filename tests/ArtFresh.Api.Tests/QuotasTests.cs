using System.Net;
using System.Text.Json;
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

        Assert.Null(quotas.Take(Quota.ArtworksServed, "guest-a", Home, 60));
        var refused = quotas.Take(Quota.ArtworksServed, "guest-a", Home, 10)!;
        Assert.Equal((429, "artworks-served", TimeSpan.FromMinutes(10)), (refused.Status, refused.Quota!.Value.Name, refused.RetryAfter));
        Assert.Equal(clock.GetUtcNow().AddHours(1), refused.Quota.Value.FullAgainAt);
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(quotas.Take(Quota.ArtworksServed, "guest-a", Home, 10));
        Assert.NotNull(quotas.Take(Quota.ArtworksServed, "guest-a", Home, 1));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(quotas.Take(Quota.ArtworksServed, "guest-a", Home, 60));
    }

    [Fact]
    public void ListenersOfOneNetworkShareItsQuotaAndNotAnothers()
    {
        var quotas = NewQuotas(new() { SessionsPerHour = 10, ListenersPerNetwork = 3 });

        var opened = Enumerable.Range(0, 100).Count(guest => quotas.Take(Quota.Sessions, $"guest-{guest}", Home) is null);

        Assert.Equal(30, opened);
        Assert.Contains("your network", quotas.Take(Quota.Sessions, "guest-new", Home)!.Detail, StringComparison.Ordinal);
        Assert.Null(quotas.Take(Quota.Sessions, "guest-new", Elsewhere));
    }

    /// <summary>What the network refuses costs the listener nothing: elsewhere they still have all of theirs.</summary>
    [Fact]
    public void RefusalTakesNoTokens()
    {
        var quotas = NewQuotas(new() { SessionsPerHour = 10, ListenersPerNetwork = 1 });
        quotas.Take(Quota.Sessions, "guest-a", Home, 10);
        Assert.NotNull(quotas.Take(Quota.Sessions, "guest-b", Home, 10));

        Assert.Null(quotas.Take(Quota.Sessions, "guest-b", Elsewhere, 10));
    }

    [Fact]
    public void OnlyChargedListenersAreRefusedForADebt()
    {
        var quotas = NewQuotas(new() { ArtworksUnservedPerHour = 100, ListenersPerNetwork = 2 });
        quotas.Charge(Quota.ArtworksUnserved, "guest-a", Home, 150);

        Assert.NotNull(quotas.RefuseIndebted(Quota.ArtworksUnserved, "guest-a", Home));
        Assert.Null(quotas.RefuseIndebted(Quota.ArtworksUnserved, "guest-b", Home));
        quotas.Charge(Quota.ArtworksUnserved, "guest-b", Home, 50);
        Assert.Contains("your network", quotas.RefuseIndebted(Quota.ArtworksUnserved, "guest-b", Home)!.Detail, StringComparison.Ordinal);
        Assert.Null(quotas.RefuseIndebted(Quota.ArtworksUnserved, "guest-c", Home));
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

        Task<HttpResponseMessage> MakeAsync(int first) => client.PostTextAsync("/api/artworks/batch-impressions", JsonSerializer.Serialize(new
        {
            sessionId,
            batchId = Guid.CreateVersion7(),
            firstNumber = first,
            artworkIds = new long[] { -1, -2 },
            genomes = new[] { "a", "b" },
        }));
        Assert.Equal(HttpStatusCode.OK, (await MakeAsync(1)).StatusCode);
        refused = await MakeAsync(3).AssertProblemAsync(429, "too_many_requests");
        Assert.Equal("artworks-made", refused.GetProperty("quota").GetString());
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

    internal static Quotas NewQuotas(RateOptions limits, TimeProvider? clock = null) =>
        new(new ApiOptions { DataDirectory = ".", Limits = limits }, clock ?? new FakeTimeProvider());
}
