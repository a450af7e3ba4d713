using System.Net;
using System.Text.Json;
using ArtFresh.Contracts;
using Microsoft.Extensions.Time.Testing;

namespace ArtFresh.Api.Tests;

/// <summary>Guests who join an account, and the tokens that stand for guests.</summary>
public sealed class JoinTests
{
    [Fact]
    public async Task AccountJoinsTheGuestOfATokenOrOfTheCookieThatComesAlong()
    {
        await using var front = await StartAsync();
        var (guest, token, cookie) = await GuestAsync(front);
        using var account = front.WithBearer(SignInTests.Jwt("alice"));

        var byToken = await (await account.PostTextAsync("/api/listeners/join", JsonSerializer.Serialize(new { guest = token }))).JsonAsync();
        account.DefaultRequestHeaders.Add("Cookie", cookie);
        var byCookie = await (await account.PostAsync("/api/listeners/join", null, FrontEnd.Cancelled)).JsonAsync();

        Assert.All([byToken, byCookie], answer =>
        {
            Assert.Equal("sub-alice", answer.GetProperty("listenerId").GetString());
            Assert.Equal(guest, answer.GetProperty("joined").GetString());
        });
        Assert.Equal([guest, guest], front.Cluster.Listeners["sub-alice"].Guests);
    }

    [Theory]
    [InlineData(JoinOutcome.JoinedAnother, 409, "guest_taken")]
    [InlineData(JoinOutcome.Unavailable, 503, "unavailable")]
    [InlineData(JoinOutcome.Erased, 401, "not_signed_in")]
    [InlineData(JoinOutcome.GuestErased, 410, "listener_erased")]
    public async Task RefusalOfTheGrainIsAnswered(JoinOutcome outcome, int status, string code)
    {
        await using var front = await StartAsync();
        var (_, token, _) = await GuestAsync(front);
        front.Cluster.Listeners["sub-alice"] = new FakeListener { Outcome = outcome };
        using var account = front.WithBearer(SignInTests.Jwt("alice"));

        await account.PostTextAsync("/api/listeners/join", JsonSerializer.Serialize(new { guest = token })).AssertProblemAsync(status, code);
    }

    [Fact]
    public async Task OnlyAnAccountJoinsAndOnlyAGuest()
    {
        await using var front = await StartAsync();
        var (_, token, _) = await GuestAsync(front);
        var body = JsonSerializer.Serialize(new { guest = token });
        using var asGuest = await front.SignInAsync();
        using var byToken = front.WithBearer(token);
        using var account = front.WithBearer(SignInTests.Jwt("alice"));

        await front.Anonymous.PostTextAsync("/api/listeners/join", body).AssertProblemAsync(401, "not_signed_in");
        await asGuest.PostTextAsync("/api/listeners/join", body).AssertProblemAsync(403, "account_required");
        await byToken.PostTextAsync("/api/listeners/join", body).AssertProblemAsync(403, "account_required");
        foreach (var nobody in new[] { "{}", """{"guest":"x"}""", """{"guest":"aflt_x"}""", JsonSerializer.Serialize(new { guest = SignInTests.Jwt("bob") }) })
        {
            await account.PostTextAsync("/api/listeners/join", nobody).AssertProblemAsync(400, "invalid_request", "guest");
        }
        Assert.Empty(front.Cluster.Listeners);
    }

    /// <summary>Whoever has an account of their own must not have the guest of a browser that visits their page.</summary>
    [Fact]
    public async Task PageOfAnotherOriginBringsNoCookie()
    {
        await using var front = await StartAsync();
        var (_, token, cookie) = await GuestAsync(front);
        using var account = front.WithBearer(SignInTests.Jwt("alice"));
        account.DefaultRequestHeaders.Add("Origin", "https://elsewhere.example");
        account.DefaultRequestHeaders.Add("Cookie", cookie);

        await account.PostTextAsync("/api/listeners/join", "{}").AssertProblemAsync(403, "origin_refused");
        Assert.Equal(HttpStatusCode.OK, (await account.PostTextAsync("/api/listeners/join", JsonSerializer.Serialize(new { guest = token }))).StatusCode);
    }

    /// <summary>The guest's cookie does not prove that one is the account; an account's token does, whatever account an operator has joined it to.</summary>
    [Fact]
    public async Task WhatIsHeldOfAJoinedGuestIsTheAccounts()
    {
        await using var front = await StartAsync();
        var (guest, token, _) = await GuestAsync(front);
        front.Cluster.Records.Accounts[guest] = "sub-alice";
        front.Cluster.Records.Accounts["sub-alice"] = "sub-bob";
        using var asGuest = front.WithBearer(token);
        using var asAccount = front.WithBearer(SignInTests.Jwt("alice"));

        foreach (var path in new[] { "/api/listeners/me/artworks", "/api/listeners/me/kept", "/api/listeners/me/export" })
        {
            await asGuest.GetAsync(path, FrontEnd.Cancelled).AssertProblemAsync(409, "joined");
        }
        await asGuest.PutAsync("/api/artworks/7/keep", null, FrontEnd.Cancelled).AssertProblemAsync(409, "joined");
        await asGuest.DeleteAsync("/api/artworks/7/keep", FrontEnd.Cancelled).AssertProblemAsync(409, "joined");
        await asGuest.DeleteAsync("/api/listeners/me", FrontEnd.Cancelled).AssertProblemAsync(409, "joined");
        Assert.Equal(HttpStatusCode.NoContent, (await asAccount.PutAsync("/api/artworks/7/keep", null, FrontEnd.Cancelled)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await asAccount.GetAsync("/api/listeners/me/artworks", FrontEnd.Cancelled)).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await asAccount.DeleteAsync("/api/listeners/me", FrontEnd.Cancelled)).StatusCode);
        Assert.True(front.Cluster.Records.Kept.ContainsKey(("sub-bob", 7)));
        Assert.Equal("sub-bob", front.Cluster.Records.Asked.Single().ListenerId);
        Assert.Equal(["sub-bob"], front.Cluster.Records.Erased.Keys);
    }

    [Fact]
    public async Task ListenerTokenStandsForItsGuest()
    {
        await using var front = await StartAsync();
        var (guest, token, _) = await GuestAsync(front);
        using var elsewhere = front.WithBearer(token);
        elsewhere.DefaultRequestHeaders.Add("Origin", "https://elsewhere.example");

        var sessionId = await elsewhere.OpenSessionIdAsync();
        var again = await (await elsewhere.PostAsync("/api/sign-in/guest", null, FrontEnd.Cancelled)).JsonAsync();

        Assert.Equal(Clients.KeyOf(guest, sessionId), Assert.Single(front.Cluster.Sessions).Key);
        Assert.Equal(guest, again.GetProperty("listenerId").GetString());
        Assert.StartsWith("aflt_", again.GetProperty("listenerToken").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await elsewhere.GetAsync($"/api/artworks/fresh?sessionId={sessionId}", FrontEnd.Cancelled)).StatusCode);
    }

    [Fact]
    public async Task AccountHasNoListenerToken()
    {
        await using var front = await StartAsync();
        using var account = front.WithBearer(SignInTests.Jwt("alice"));

        var answer = await (await account.PostAsync("/api/sign-in/guest", null, FrontEnd.Cancelled)).JsonAsync();

        Assert.False(answer.TryGetProperty("listenerToken", out _));
    }

    [Fact]
    public async Task ListenerTokenIsRefusedWhenItIsForgedOrOldOrThereAreNoGuests()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        var data = FrontEnd.NewDirectory();
        string token;
        await using (var front = await FrontEnd.StartAsync(options => options, clock, data))
        {
            (_, token, _) = await GuestAsync(front);
            using var forger = front.WithBearer(token[..^2] + "AA");
            await forger.PostTextAsync("/api/sessions", "{}").AssertProblemAsync(401, "not_signed_in");
            // No guess at the operators' key: the network may still show it.
            for (var guess = 0; guess < 20; guess++)
            {
                await forger.PostTextAsync("/api/sessions", "{}").AssertProblemAsync(401, "not_signed_in");
            }
            clock.Advance(TimeSpan.FromDays(400));
            using var late = front.WithBearer(token);
            await late.PostTextAsync("/api/sessions", "{}").AssertProblemAsync(401, "not_signed_in");
        }
        await using var closed = await FrontEnd.StartAsync(options => options with { Guests = false, Jwt = new() { SigningKey = SignInTests.SigningKey } }, dataDirectory: data);
        using var guest = closed.WithBearer(token);
        await guest.PostTextAsync("/api/sessions", "{}").AssertProblemAsync(401, "not_signed_in");
    }

    [Fact]
    public async Task GuestWhoHasJoinedIsToldSo()
    {
        await using var front = await StartAsync();
        using var guest = await front.SignInAsync();
        var sessionId = await guest.OpenSessionIdAsync();
        front.Cluster.Forced = SessionOutcome.Joined;

        await guest.PostTextAsync("/api/sessions", "{}").AssertProblemAsync(409, "joined");
        await guest.FetchAsync($"/api/artworks/fresh?sessionId={sessionId}").AssertProblemAsync(409, "joined");
    }

    private static Task<FrontEnd> StartAsync() => FrontEnd.StartAsync(options => options with { Jwt = new() { SigningKey = SignInTests.SigningKey } });

    private static async Task<(string Id, string Token, string Cookie)> GuestAsync(FrontEnd front)
    {
        var answer = await front.Anonymous.PostAsync("/api/sign-in/guest", null, FrontEnd.Cancelled);
        var body = await answer.JsonAsync();
        return (body.GetProperty("listenerId").GetString()!, body.GetProperty("listenerToken").GetString()!, FrontEnd.CookieOf(answer));
    }
}
