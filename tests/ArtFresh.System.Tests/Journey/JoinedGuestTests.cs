using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Journey;

/// <summary>A guest signs in: the commonest journey of all, over HTTP and with a real server.</summary>
public sealed class JoinedGuestTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The browser has the guest's cookie and the account's token; another device has the guest's cookie alone.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task GuestWhoSignsInIsServedNothingThatTheySawAndLosesNothing(bool isCluster)
    {
        Assert.SkipUnless(!isCluster || PostgresServer.IsInstalled, "PostgreSQL is not installed");
        var database = isCluster ? PostgresServer.Shared.NewDatabase() : null;
        await using var server = database is null
            ? new ServerProcess("--ArtFresh:Jwt:SigningKey", SignedListener.Key)
            : new ServerProcess("--ArtFresh:Jwt:SigningKey", SignedListener.Key, "--ConnectionStrings:Ledger", database);
        await server.StartAsync();
        var cookies = new CookieContainer();
        using var guest = new HttpListenerClient(server.Address, new SocketsHttpHandler { CookieContainer = cookies });
        using var browser = new SignedListener("ann", new SocketsHttpHandler { CookieContainer = cookies });
        using var account = new HttpListenerClient(server.Address, browser);
        using var joining = new HttpClient(new SignedListener("ann", new SocketsHttpHandler { CookieContainer = cookies })) { BaseAddress = server.Address };
        var guestId = await guest.SignInAsync();
        var session = await guest.OpenAsync();
        var shown = await guest.FreshAsync(session, 5, 0.3, 0.7);
        await guest.PostAsync(new PostedBatch(session, Guid.CreateVersion7(), 1, shown[..3]));

        var joined = await JoinAsync(joining);
        // The answer may have been lost with the server. A killed member of a cluster of one waits for itself at its start.
        await (isCluster ? server.StopAsync() : server.KillAsync());
        await server.StartAsync();
        var again = await JoinAsync(joining);

        Assert.Equal(("sub-ann", guestId), joined);
        Assert.Equal(joined, again);
        var own = await account.OpenAsync();
        Assert.Empty((await account.FreshAsync(own, 30, 0.3, 0.7)).Intersect(shown));
        // What the client had not delivered: by the guest's cookie, and by the account's token.
        Assert.Equal(1, await guest.PostAsync(new PostedBatch(session, Guid.CreateVersion7(), 4, shown[3..4])));
        Assert.Equal(1, await account.PostAsync(new PostedBatch(session, Guid.CreateVersion7(), 5, shown[4..])));
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => guest.OpenAsync());
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        var history = (await account.GetAsync("api/listeners/me/artworks")).GetProperty("artworks").EnumerateArray().Select(artwork => artwork.GetProperty("id").GetInt64());
        Assert.Equal(shown.Order(), history.Order());
        var verified = await Tool.RunAsync(["verify", .. database is null ? ["--data", server.DataDirectory] : (string[])["--ledger", database]]);
        Assert.True(verified.ExitCode == 0, verified.Output);
    }

    private static async Task<(string? Account, string? Guest)> JoinAsync(HttpClient browser)
    {
        using var answer = await browser.PostAsJsonAsync("api/listeners/join", new { }, Stop);
        answer.EnsureSuccessStatusCode();
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
        return (body.GetProperty("listenerId").GetString(), body.GetProperty("joined").GetString());
    }
}
