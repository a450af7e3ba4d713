using System.Net;
using System.Text.Json;
using ArtFresh.Contracts;

namespace ArtFresh.Server;

/// <summary>
/// Checks a listener's journey, from the sign-in to the end of the session. Delivers impressions by batch, by beacon and by the single endpoint, and reads back what
/// the server acknowledged.
/// </summary>
internal sealed class DeployJourneys(CheckedServer server)
{
    private const int Artworks = 3;
    private const string SeeLog = "See the server's log for this request.";

    private readonly Queue<(long Id, string Picture)> _art = new();
    private string _listener = "";
    private string _session = "";
    private string _token = "";
    private long _number = 1;
    private long _acknowledged;

    public async Task<string> SignInAsync()
    {
        var answer = (await server.AsListenerAsync(HttpMethod.Post, "/api/sign-in/guest")).Expect(HttpStatusCode.OK, "Guests cannot sign in. " + SeeLog);
        _listener = answer.Json.GetProperty("listenerId").GetString()!;
        // Over https the first is the one that browsers bind to the host.
        var cookie = answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.First() : "";
        server.Cookie = cookie.Split(';')[0];
        var flags = new List<string> { "HttpOnly", "SameSite" };
        if (server.Address.Scheme == Uri.UriSchemeHttps)
        {
            flags.AddRange(["Secure", "__Host-"]);
        }

        var missing = flags.Where(flag => !cookie.Contains(flag, StringComparison.OrdinalIgnoreCase)).ToArray();
        return missing.Length == 0
            ? $"the cookie is {string.Join(", ", flags)}"
            : throw new DeployFaultException($"the listener's cookie is not {string.Join(", ", missing)}", "Add the balancer's network to ArtFresh:TrustedProxies, and check that no proxy in front of the servers rewrites cookies.");
    }

    public async Task<string> FreshAsync()
    {
        var opened = (await server.AsListenerAsync(HttpMethod.Post, "/api/sessions", new { release = ReleaseName.DeployCheck })).Expect(HttpStatusCode.Created, SeeLog).Json;
        (_session, _token) = (opened.GetProperty("sessionId").GetString()!, opened.GetProperty("token").GetString()!);
        var took = TimeSpan.Zero;
        for (var wanted = Artworks * 3; wanted > 0; wanted = (Artworks * 3) - _art.Count)
        {
            var started = TimeProvider.System.GetTimestamp();
            var answer = (await server.AsListenerAsync(HttpMethod.Get, $"/api/artworks/fresh?sessionId={_session}&count={wanted}")).Expect(HttpStatusCode.OK, SeeLog).Json;
            took = TimeSpan.FromTicks(Math.Max(took.Ticks, TimeProvider.System.GetElapsedTime(started).Ticks));
            var artworks = answer.GetProperty("artworks");
            if (artworks.GetArrayLength() == 0)
            {
                throw new DeployFaultException("an answer of 200 has no artwork", SeeLog);
            }

            foreach (var artwork in artworks.EnumerateArray())
            {
                _art.Enqueue((artwork.GetProperty("id").GetInt64(), artwork.GetProperty("imageUrl").GetString()!));
            }
        }

        if (_art.Select(artwork => artwork.Id).Distinct().Count() != Artworks * 3)
        {
            throw new DeployFaultException($"{Artworks * 3} distinct artworks were requested; {_art.Select(artwork => artwork.Id).Distinct().Count()} arrived", SeeLog);
        }

        return took < TimeSpan.FromSeconds(3)
            ? $"{_art.Count} artworks, each answer within {took.TotalMilliseconds:0} ms"
            : throw new DeployFaultException($"fresh art took {took.TotalSeconds:0.0} s", "Check the generator, and the commit time on the dashboard.");
    }

    public async Task<string> PictureAsync()
    {
        if (!_art.TryPeek(out var artwork))
        {
            throw new DeployFaultException("there is no artwork to show", "Fix the check fresh-art first.");
        }

        var picture = (await server.AsListenerAsync(HttpMethod.Get, artwork.Picture)).Expect(HttpStatusCode.OK, SeeLog);
        return picture.Header("Content-Type").StartsWith("image/", StringComparison.Ordinal) && picture.Header("Cache-Control").Contains("public", StringComparison.Ordinal)
            ? picture.Header("Content-Type")
            : throw new DeployFaultException($"{artwork.Picture} is '{picture.Header("Content-Type")}' with Cache-Control '{picture.Header("Cache-Control")}'", "Caches must be able to keep pictures for a while: check that no proxy in front of the servers changes headers.");
    }

    public async Task<string> BatchAsync()
    {
        var ids = Take(Artworks);
        // The same report twice, with attempts 1: a second attempt would count as a failed first one and lower the batch success that operators see.
        var report = new { displayed = ids.Length, skipped = 0, transport = "fetch", reason = "manual", attempts = 1 };
        var batch = new { sessionId = _session, batchId = Guid.CreateVersion7(), firstNumber = Next(ids), artworkIds = ids, report };
        Task<Answer> PostAsync() => server.AsListenerAsync(HttpMethod.Post, "/api/artworks/batch-impressions", batch);
        Counted((await PostAsync()).Expect(HttpStatusCode.OK, SeeLog), "recorded", ids.Length);
        Counted((await PostAsync()).Expect(HttpStatusCode.OK, SeeLog), "duplicates", ids.Length);
        return $"{ids.Length} recorded, all of them duplicates when sent again, {await ReadBackAsync(ids)}";
    }

    public async Task<string> BeaconAsync()
    {
        var ids = Take(Artworks);
        var answer = await server.AsBeaconAsync(
            "/api/artworks/batch-impressions", new { sessionId = _session, batchId = Guid.CreateVersion7(), firstNumber = Next(ids), artworkIds = ids, token = _token });
        Counted(answer.Expect(HttpStatusCode.OK, "Beacons (text/plain, with the session's token and no cookie) are refused, so a closing tab would lose its last impressions. Find the proxy in front of the servers that filters content types."), "recorded", ids.Length);
        return $"{ids.Length} recorded by token, {await ReadBackAsync(ids)}";
    }

    public async Task<string> SingleAsync()
    {
        var ids = Take(1);
        var answer = await server.AsListenerAsync(HttpMethod.Post, $"/api/artworks/{ids[0]}/impression", new { sessionId = _session, number = Next(ids) });
        Counted(answer.Expect(HttpStatusCode.OK, "The single endpoint must work: clients fall back to it when the batch endpoint is switched off."), "recorded", 1);
        return $"1 recorded, {await ReadBackAsync(ids)}";
    }

    public async Task<string> EndAsync()
    {
        (await server.AsListenerAsync(HttpMethod.Post, $"/api/sessions/{_session}/end", new { unshown = _art.Select(artwork => artwork.Id) })).Expect(HttpStatusCode.NoContent, SeeLog);
        (await server.AsListenerAsync(HttpMethod.Get, $"/api/artworks/fresh?sessionId={_session}&count=1")).Expect(HttpStatusCode.Conflict, SeeLog);
        return "ended; fresh art is refused";
    }

    private static void Counted(Answer answer, string count, int expected)
    {
        var found = answer.Json.TryGetProperty(count, out var number) ? number.GetInt32() : -1;
        if (found != expected)
        {
            throw new DeployFaultException($"{expected} impressions were sent; {count} is {found}", SeeLog);
        }
    }

    /// <summary>Checks that the ledger holds every impression acknowledged so far, and that each artwork shown has viewed_at.</summary>
    private async Task<string> ReadBackAsync(long[] ids)
    {
        var acknowledged = _acknowledged + ids.Length;
        var session = (await server.AsOperatorAsync($"/api/ops/sessions/{_session}?listener={Uri.EscapeDataString(_listener)}")).Expect(HttpStatusCode.OK, DeployPages.GiveKey).Json;
        // A loss fails the journey that had it, not the next one as well.
        _acknowledged = session.GetProperty("impressions").GetInt64();
        if (_acknowledged != acknowledged)
        {
            throw new DeployFaultException(
                $"{acknowledged} impressions were acknowledged; the ledger holds {_acknowledged}",
                "Roll the release back: impressions are lost. Check that all servers use one database, and that no proxy in front of them answers in their place.");
        }

        foreach (var id in ids)
        {
            var artwork = (await server.AsListenerAsync(HttpMethod.Get, $"/api/artworks/{id}")).Expect(HttpStatusCode.OK, SeeLog).Json;
            if (!artwork.TryGetProperty("viewedAt", out var viewedAt) || viewedAt.ValueKind == JsonValueKind.Null)
            {
                throw new DeployFaultException($"artwork {id} was shown and has no viewedAt", "Roll the release back: this is a violation (see the command legacy).");
            }
        }

        return "read back";
    }

    private long[] Take(int count)
    {
        if (_art.Count < count)
        {
            throw new DeployFaultException("there is no artwork to deliver", "Fix the check fresh-art first.");
        }

        return [.. Enumerable.Range(0, count).Select(_ => _art.Dequeue().Id)];
    }

    private long Next(long[] ids)
    {
        var first = _number;
        _number += ids.Length;
        return first;
    }
}
