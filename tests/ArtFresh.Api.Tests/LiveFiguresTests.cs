using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace ArtFresh.Api.Tests;

public sealed class LiveFiguresTests
{
    private const string Live = "/api/ops/live?days=14&release=r1";

    /// <summary>As many as the front end lets follow.</summary>
    private const int FollowersMax = 32;

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));

    [Fact]
    public async Task FiguresAreSentAtOnceAndWhenTheyChange()
    {
        await using var front = await FrontEnd.StartAsync(clock: _clock);
        using var events = await OpenAsync(front.Operator);
        Assert.Equal("single", DeliveryOf(await NextAsync(events)));
        Assert.Equal((14, "r1"), front.Cluster.Queries.Asked);
        front.Cluster.Watch.Delivery = "batch";
        List<string> next;
        do
        {
            // The clock may pass a heartbeat before the server looks again.
            next = await NextAsync(events);
        }
        while (next[0] == "event: beat");
        Assert.Equal("batch", DeliveryOf(next));
    }

    [Fact]
    public async Task HeartbeatKeepsAQuietConnection()
    {
        await using var front = await FrontEnd.StartAsync(clock: _clock);
        using var events = await OpenAsync(front.Operator);
        await NextAsync(events);
        Assert.Equal("event: beat", (await NextAsync(events))[0]);
    }

    [Fact]
    public async Task FollowersShareOneReadOfTheLedger()
    {
        await using var front = await FrontEnd.StartAsync(clock: _clock);
        var open = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => OpenAsync(front.Operator)));
        foreach (var events in open)
        {
            Assert.Equal("event: figures", await events.ReadLineAsync(FrontEnd.Cancelled));
        }

        Assert.Equal(1, front.Cluster.Queries.Summaries);
        using var other = await OpenAsync(front.Operator, "/api/ops/live?days=7");
        Assert.Equal("event: figures", await other.ReadLineAsync(FrontEnd.Cancelled));
        Assert.Equal(((7, (string?)null), 2), (front.Cluster.Queries.Asked!.Value, front.Cluster.Queries.Summaries));
        Array.ForEach(open, events => events.Dispose());
    }

    [Fact]
    public async Task StoppingServerEndsTheStream()
    {
        await using var front = await FrontEnd.StartAsync(clock: _clock);
        using var events = await OpenAsync(front.Operator);
        await NextAsync(events);
        var stopping = front.StopAsync();
        Assert.Null(await ReadLineAsync(events));
        await stopping;
    }

    [Fact]
    public async Task NumberOfFollowersIsLimited()
    {
        await using var front = await FrontEnd.StartAsync(clock: _clock);
        var open = await Task.WhenAll(Enumerable.Range(0, FollowersMax).Select(_ => OpenAsync(front.Operator)));
        await front.Operator.FetchAsync(Live).AssertProblemAsync(503, "unavailable");
        Array.ForEach(open, events => events.Dispose());
    }

    [Fact]
    public async Task StrangersGetNoFigures()
    {
        await using var front = await FrontEnd.StartAsync(options => options with { Operators = new() { Key = "the operator's key" } }, _clock);
        await front.Anonymous.FetchAsync(Live).AssertProblemAsync(401, "not_signed_in");
        await front.Anonymous.FetchAsync("/api/ops/live?days=0", ("Authorization", "Bearer the operator's key")).AssertProblemAsync(400, "invalid_request", "days");
    }

    [Fact]
    public async Task OperatorsPageIsPublicAndContainsNoFigures()
    {
        var player = FrontEnd.NewDirectory();
        await File.WriteAllTextAsync(Path.Combine(player, "ops.html"), "<title>operations</title>", FrontEnd.Cancelled);
        await using var front = await FrontEnd.StartAsync(options => options with { PlayerDirectory = player });
        var page = await front.Anonymous.FetchAsync("/ops");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("no-cache", page.Headers.CacheControl?.ToString());
        Assert.Equal("<title>operations</title>", await page.Content.ReadAsStringAsync(FrontEnd.Cancelled));
    }

    private static async Task<StreamReader> OpenAsync(HttpClient client, string address = Live)
    {
        var answer = await client.GetAsync(new Uri(address, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, FrontEnd.Cancelled);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        return new StreamReader(await answer.Content.ReadAsStreamAsync(FrontEnd.Cancelled));
    }

    /// <summary>The next event's lines; the clock goes on until it comes.</summary>
    private async Task<List<string>> NextAsync(StreamReader events)
    {
        var lines = new List<string>();
        while (await ReadLineAsync(events) is { Length: > 0 } line)
        {
            lines.Add(line);
        }

        Assert.NotEmpty(lines);
        return lines;
    }

    private async Task<string?> ReadLineAsync(StreamReader events)
    {
        var line = events.ReadLineAsync(FrontEnd.Cancelled).AsTask();
        while (await Task.WhenAny(line, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, FrontEnd.Cancelled)) != line)
        {
            _clock.Advance(TimeSpan.FromSeconds(2));
        }

        return await line;
    }

    private static string DeliveryOf(List<string> lines)
    {
        Assert.Equal("event: figures", lines[0]);
        return JsonDocument.Parse(lines[1]["data: ".Length..]).RootElement.GetProperty("releases")[0].GetProperty("delivery").GetString()!;
    }
}
