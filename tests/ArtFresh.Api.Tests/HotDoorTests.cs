using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ArtFresh.Api.Tests;

/// <summary>A cookie that has been seen once opens the short way.</summary>
public sealed partial class HotDoorTests
{
    private const string Mood = "count=2&valence=0.2&energy=0.8";

    [Fact]
    public async Task BothPipelinesGiveTheSameAnswers()
    {
        await using var front = await FrontEnd.StartAsync();
        using var guest = await front.SignInAsync();
        var session = await guest.OpenSessionIdAsync();
        // The slash at the end is routing's to understand.
        var far = await guest.FetchAsync($"/api/artworks/fresh/?sessionId={session}&{Mood}");
        var near = await guest.FetchAsync($"/api/artworks/fresh?sessionId={session}&{Mood}");
        Assert.Equal(HttpStatusCode.OK, near.StatusCode);
        Assert.Equal(await WithoutNumbersAsync(far), await WithoutNumbersAsync(near));
        Assert.Equal(Described(far), Described(near));
    }

    [Theory]
    [InlineData("count=%32&valence=.2")]
    [InlineData("COUNT=2")]
    [InlineData("count=2&colour=red")]
    [InlineData("count=2&count=3")]
    [InlineData("count=")]
    [InlineData("requestId=a%2Bb&requestId=c")]
    [InlineData("requestId=")]
    [InlineData("c%6Funt=2&energy=2")]
    public async Task BothPipelinesReadTheQueryAlike(string query)
    {
        await using var front = await FrontEnd.StartAsync();
        using var guest = await front.SignInAsync();
        var session = await guest.OpenSessionIdAsync();
        var far = await guest.FetchAsync($"/api/artworks/fresh/?sessionId={session}&{query}");
        var near = await guest.FetchAsync($"/api/artworks/fresh?sessionId={session}&{query}");
        Assert.Equal((far.StatusCode, await WithoutNumbersAsync(far)), (near.StatusCode, await WithoutNumbersAsync(near)));
    }

    [Fact]
    public async Task BothPipelinesMeasureTheSameRoute()
    {
        await using var front = await FrontEnd.StartAsync();
        var routes = new ConcurrentBag<object?>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "http.server.request.duration" && instrument.Meter.Scope == front.Meters)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => routes.Add(tags.ToArray().SingleOrDefault(tag => tag.Key == "http.route").Value));
        listener.Start();
        using var guest = await front.SignInAsync();
        var session = await guest.OpenSessionIdAsync();
        foreach (var slash in new[] { "/", "" })
        {
            await guest.FetchAsync($"/api/artworks/fresh{slash}?sessionId={session}&{Mood}");
            await guest.PostTextAsync($"/api/artworks/batch-impressions{slash}", "{}");
            await guest.PostTextAsync($"/api/artworks/5/impression{slash}", "{}");
        }
        // A request is measured after its answer is out.
        await front.StopAsync();
        Assert.Equal(
            ["/api/artworks/batch-impressions", "/api/artworks/fresh", "/api/artworks/{id}/impression"],
            routes.OfType<string>().Where(route => route.StartsWith("/api/artworks", StringComparison.Ordinal)).GroupBy(route => route).Where(route => route.Count() == 2).Select(route => route.Key).Order(StringComparer.Ordinal));
    }

    /// <summary>What is refused is not measured: who is refused often would hide slow answers.</summary>
    [Fact]
    public async Task FreshArtIsTimedInBothPipelinesAndRefusalsAreNot()
    {
        await using var front = await FrontEnd.StartAsync();
        var times = new ConcurrentBag<double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "artfresh.fresh_art.answered" && instrument.Meter.Scope == front.Meters)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => times.Add(seconds));
        listener.Start();
        using var guest = await front.SignInAsync();
        var session = await guest.OpenSessionIdAsync();
        foreach (var slash in new[] { "/", "" })
        {
            await guest.FetchAsync($"/api/artworks/fresh{slash}?sessionId={session}&count=0").AssertProblemAsync(400, "invalid_request", "count");
            await front.Anonymous.FetchAsync($"/api/artworks/fresh{slash}?sessionId={session}").AssertProblemAsync(401, "not_signed_in");
            Assert.Equal(HttpStatusCode.OK, (await guest.FetchAsync($"/api/artworks/fresh{slash}?sessionId={session}&{Mood}")).StatusCode);
        }
        Assert.Equal(2, times.Count);
    }

    /// <summary>Wherever it stands: hot requests leave the pipeline of all others midway.</summary>
    [Fact]
    public async Task NewStepRunsInBothPipelines()
    {
        var marks = 0;
        await using var front = await FrontEnd.StartAsync(changeSteps: steps => [.. steps.SelectMany(step => new[] { Marking(marks++), step }), Marking(marks++)]);
        using var guest = await front.SignInAsync();
        var session = await guest.OpenSessionIdAsync();
        var far = await guest.FetchAsync($"/api/artworks/fresh/?sessionId={session}&{Mood}");
        var near = await guest.FetchAsync($"/api/artworks/fresh?sessionId={session}&{Mood}");
        var post = await guest.PostBatchAsync(session);
        var all = Enumerable.Range(0, marks).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToArray();
        Assert.All([far, near, post], answer => Assert.Equal(all, answer.Headers.GetValues("X-Step")));
        Assert.Equal(["routed", "hot", "hot"], new[] { far, near, post }.Select(answer => answer.Headers.GetValues("X-Way").Single()));

        static PipelineStep Marking(int step) => new(app => app.Use((http, next) =>
        {
            http.Response.Headers.Append("X-Step", step.ToString(CultureInfo.InvariantCulture));
            http.Response.Headers["X-Way"] = http.Features.Get<HotDoor.HotRequest>() is null ? "routed" : "hot";
            return next(http);
        }));
    }

    [Fact]
    public async Task BothPipelinesGiveTheSameRefusals()
    {
        await using var front = await FrontEnd.StartAsync();
        using var guest = await front.SignInAsync();
        await guest.OpenSessionIdAsync();
        for (var way = 0; way < 2; way++)
        {
            await guest.FetchAsync($"/api/artworks/fresh?sessionId=none&{Mood}").AssertProblemAsync(400, "invalid_request", "sessionId");
            await guest.PostTextAsync("/api/artworks/batch-impressions", "{}").AssertProblemAsync(400, "invalid_batch", "sessionId");
            await guest.PostTextAsync("/api/artworks/x/impression", $$"""{"sessionId":"{{Guid.CreateVersion7()}}"}""").AssertProblemAsync(400, "invalid_batch", "id");
        }
    }

    [Fact]
    public async Task KnownCookieFromAnotherSitesPageIsRefused()
    {
        await using var front = await FrontEnd.StartAsync();
        using var guest = await front.SignInAsync();
        var session = await guest.OpenSessionIdAsync();
        Assert.Equal(HttpStatusCode.OK, (await guest.PostBatchAsync(session)).StatusCode);
        foreach (var header in new[] { ("Origin", "http://elsewhere.example"), ("Sec-Fetch-Site", "cross-site") })
        {
            await guest.SendAsync(HttpMethod.Post, "/api/artworks/batch-impressions", [header], Clients.Json(Clients.Batch(session))).AssertProblemAsync(403, "origin_refused");
        }
        var own = await guest.SendAsync(HttpMethod.Post, "/api/artworks/batch-impressions", [("Origin", front.Address.GetLeftPart(UriPartial.Authority))], Clients.Json(Clients.Batch(session)));
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
    }

    [Fact]
    public async Task AllowedOriginGetsCorsHeadersThoughTheCookieIsKnown()
    {
        const string Page = "https://radio.example";
        await using var front = await FrontEnd.StartAsync(options => options with { AllowedOrigins = [Page] });
        using var guest = await front.SignInAsync();
        var session = await guest.OpenSessionIdAsync();
        for (var way = 0; way < 2; way++)
        {
            var answer = await guest.FetchAsync($"/api/artworks/fresh?sessionId={session}&{Mood}", ("Origin", Page));
            Assert.Equal(Page, answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        }
    }

    [Fact]
    public async Task BothPipelinesSpendOneBucket()
    {
        await using var front = await FrontEnd.StartAsync(options => options with { Limits = new() { ListenerRequestsPerSecond = 1, ListenerRequestsBurst = 6 } });
        using var guest = await front.SignInAsync();
        var session = await guest.OpenSessionIdAsync();
        var spent = 1;
        for (; (await guest.FetchAsync($"/api/artworks/fresh?sessionId={session}&{Mood}")).StatusCode == HttpStatusCode.OK; spent++)
        {
            Assert.InRange(spent, 0, 12);
            Assert.NotEqual(HttpStatusCode.InternalServerError, (await guest.FetchAsync("/api/music")).StatusCode);
            spent++;
        }
        await guest.PostBatchAsync(session).AssertProblemAsync(429, "too_many_requests");
    }

    [Fact]
    public async Task TokenOfOneSessionOpensNoOtherEvenWithTheCookie()
    {
        await using var front = await FrontEnd.StartAsync();
        using var guest = await front.SignInAsync();
        var token = (await guest.OpenSessionAsync()).GetProperty("token").GetString();
        var other = await guest.OpenSessionIdAsync();
        for (var way = 0; way < 2; way++)
        {
            await guest.PostBatchAsync(other, token).AssertProblemAsync(404, "session_not_found");
        }
    }

    private static async Task<string> WithoutNumbersAsync(HttpResponseMessage answer) =>
        Numbers().Replace(await answer.Content.ReadAsStringAsync(FrontEnd.Cancelled), "0");

    [GeneratedRegex("\"traceId\":\"[^\"]*\"|[0-9]+")]
    private static partial Regex Numbers();

    private static string Described(HttpResponseMessage answer) => string.Join('\n', answer.Headers.Concat(answer.Content.Headers)
        .Where(header => header.Key is not "Date").Select(header => $"{header.Key}: {string.Join(',', header.Value)}").Order(StringComparer.Ordinal));
}
