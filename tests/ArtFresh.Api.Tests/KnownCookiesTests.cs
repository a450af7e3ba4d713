using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace ArtFresh.Api.Tests;

/// <summary>Memory that a stranger could fill.</summary>
public sealed class KnownCookiesTests
{
    [Fact]
    public void VariantsOfOneCookieAreCachedOnce()
    {
        var known = new KnownCookies(TimeProvider.System);
        var user = new ClaimsPrincipal(Authentication.IdentityOfGuest("guest-a"));
        known.Note(Request("artfresh=ticket"), user);
        var bytes = known.Bytes;
        Assert.InRange(bytes, 1, 1000);
        for (var i = 0; i < 60_000; i++)
        {
            known.Note(Request($"v={i}; artfresh=ticket"), user);
            known.Note(Request($"artfresh=ticket{new string(' ', i % 100).Replace(" ", "%20", StringComparison.Ordinal)}%20"), user);
        }
        Assert.Equal(bytes, known.Bytes);
        Assert.Equal("guest-a", known.Find("v=1; artfresh=ticket")?.ListenerId);
    }

    [Fact]
    public void ManyGuestsCookiesAreBoundedInBytes()
    {
        var known = new KnownCookies(TimeProvider.System);
        for (var i = 0; i < 30_000; i++)
        {
            known.Note(Request($"artfresh={i}{new string('x', 1000)}"), new ClaimsPrincipal(Authentication.IdentityOfGuest("guest-a")));
        }
        Assert.InRange(known.Bytes, KnownCookies.BytesMax / 2, KnownCookies.BytesMax);
    }

    [Fact]
    public async Task OtherSpellingOfATicketIsDecryptedEachTime()
    {
        await using var front = await FrontEnd.StartAsync();
        using var guest = await front.SignInAsync();
        var session = await guest.OpenSessionIdAsync();
        var cookie = guest.DefaultRequestHeaders.GetValues("Cookie").Single();
        foreach (var spelling in new[] { cookie, cookie + "%20", $"a=b; {cookie}", $"{cookie}; {cookie}", "artfresh=chunks-1; artfreshC1=" + cookie["artfresh=".Length..] })
        {
            for (var way = 0; way < 2; way++)
            {
                var answer = await front.Anonymous.FetchAsync($"/api/artworks/fresh?sessionId={session}", ("Cookie", spelling));
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }
        }
        // The first part of a long cookie is the same for everybody, and proves nothing.
        await front.Anonymous.FetchAsync($"/api/artworks/fresh?sessionId={session}", ("Cookie", "artfresh=chunks-1")).AssertProblemAsync(401, "not_signed_in");
    }

    private static HttpRequest Request(string cookies)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Cookie = cookies;
        return request;
    }
}
