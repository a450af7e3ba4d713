using System.Net;
using System.Net.Sockets;
using System.Text;
using ArtFresh.Contracts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime.Messaging;

namespace ArtFresh.Api.Tests;

public sealed class LimitsTests
{
    [Fact]
    public async Task EachListenerHasABucket()
    {
        await using var front = await FrontEnd.StartAsync(options => options with { Limits = new() { ListenerRequestsPerSecond = 1, ListenerRequestsBurst = 3 } }, StoppedClock());
        using var greedy = await front.SignInAsync();
        using var modest = await front.SignInAsync();
        var first = await SpendAsync(() => greedy.FetchAsync("/api/artworks/1"), atMost: 20);
        await Task.FromResult(first).AssertProblemAsync(429, "too_many_requests");
        Assert.Equal(TimeSpan.FromSeconds(1), first.Headers.RetryAfter!.Delta);
        Assert.Equal(HttpStatusCode.OK, (await modest.FetchAsync("/api/artworks/1")).StatusCode);
    }

    [Fact]
    public async Task CallersWithoutASignInShareTheirNetworksBucket()
    {
        await using var front = await FrontEnd.StartAsync(options => options with { Limits = new() { ListenerRequestsPerSecond = 1, ListenerRequestsBurst = 3, ListenersPerNetwork = 1 } }, StoppedClock());
        Task<HttpResponseMessage> AskAsync(string address) => front.Anonymous.FetchAsync("/api/music", (FrontEnd.RemoteAddressHeader, address));
        var refused = await SpendAsync(() => AskAsync("2001:db8:1:1::1"), atMost: 20);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("2001:db8:2:1::1")).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await SpendAsync(() => AskAsync("2001:db8:1:ffff:ffff::2"), atMost: 2)).StatusCode);
    }

    [Fact]
    public async Task SignInsAreLimitedByNetworkExceptForThoseWhoAreSignedIn()
    {
        await using var front = await FrontEnd.StartAsync(options => options with { Limits = new() { SignInsPerMinute = 5 } }, StoppedClock());
        using var signedIn = await front.SignInAsync();
        for (var i = 0; i < 4; i++)
        {
            using var another = await front.SignInAsync();
        }
        var refused = front.Anonymous.PostAsync("/api/sign-in/guest", null, FrontEnd.Cancelled);
        await refused.AssertProblemAsync(429, "too_many_requests");
        Assert.InRange((await refused).Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 12);
        Assert.Equal(HttpStatusCode.OK, (await signedIn.PostAsync("/api/sign-in/guest", null, FrontEnd.Cancelled)).StatusCode);
        var elsewhere = await front.Anonymous.SendAsync(HttpMethod.Post, "/api/sign-in/guest", [(FrontEnd.RemoteAddressHeader, "192.0.2.7")]);
        Assert.Equal(HttpStatusCode.OK, elsewhere.StatusCode);
    }

    [Fact]
    public async Task PicturesAreLimitedByNetwork()
    {
        await using var front = await FrontEnd.StartAsync(options => options with { Limits = new() { PicturesPerSecond = 1, PicturesBurst = 3 } }, StoppedClock());
        var refused = await SpendAsync(() => front.Anonymous.FetchAsync("/art/7.png"), atMost: 20);
        await Task.FromResult(refused).AssertProblemAsync(429, "too_many_requests");
    }

    [Fact]
    public async Task OperatorsAndHealthAreNotLimited()
    {
        await using var front = await FrontEnd.StartAsync(
            options => options with
            {
                Operators = new() { Key = "key" },
                Limits = new() { ListenerRequestsPerSecond = 1, ListenerRequestsBurst = 1, PicturesPerSecond = 1, PicturesBurst = 1 },
            });
        using var holder = front.WithBearer("key");
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await holder.FetchAsync("/api/ops/kpis")).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await front.Anonymous.FetchAsync("/healthz/live")).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await front.Anonymous.FetchAsync("/healthz/ready")).StatusCode);
        }
    }

    [Fact]
    public async Task StalledBatchesAreRefusedAtTheLimitAndDoNotHoldUpFreshArt()
    {
        await using var front = await FrontEnd.StartAsync(options => options with { HotRequestsRunningMax = 1, HotRequestsWaitingMax = 1 });
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        var disk = new TaskCompletionSource();
        front.Cluster.Gate = disk.Task;
        var posts = Enumerable.Range(0, 4).Select(_ => client.PostBatchAsync(sessionId)).ToList();
        for (var refused = 0; refused < 2; refused++)
        {
            var answered = await Task.WhenAny(posts).WaitAsync(TimeSpan.FromMinutes(2), FrontEnd.Cancelled);
            posts.Remove(answered);
            await answered.AssertProblemAsync(503, "unavailable");
        }
        front.Cluster.Gate = Task.CompletedTask;
        Assert.Equal(HttpStatusCode.OK, (await client.FetchAsync($"/api/artworks/fresh?sessionId={sessionId}")).StatusCode);
        disk.SetResult();
        Assert.All(await Task.WhenAll(posts), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(HttpStatusCode.OK, (await client.PostBatchAsync(sessionId)).StatusCode);
    }

    [Fact]
    public async Task FreshArtAndPicturesAreRefusedAtTheirLimits()
    {
        await using var front = await FrontEnd.StartAsync(
            options => options with { HotRequestsRunningMax = 1, HotRequestsWaitingMax = 1, PicturesRunningMax = 2 });
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        foreach (var path in new[] { $"/api/artworks/fresh?sessionId={sessionId}", "/art/7.png" })
        {
            var stall = new TaskCompletionSource();
            front.Cluster.Gate = stall.Task;
            var asked = Enumerable.Range(0, 3).Select(_ => client.FetchAsync(path)).ToList();
            var answered = await Task.WhenAny(asked).WaitAsync(TimeSpan.FromMinutes(2), FrontEnd.Cancelled);
            asked.Remove(answered);
            await answered.AssertProblemAsync(503, "unavailable");
            stall.SetResult();
            Assert.All(await Task.WhenAll(asked), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        }
    }

    /// <summary>A client that reads nothing would hold a picture for as long as it likes.</summary>
    [Fact]
    public async Task NetworkThatDoesNotReadItsPicturesGetsNoMore()
    {
        await using var front = await FrontEnd.StartAsync();
        var path = $"/art/{FakeArtwork.LargeId}.png";
        var unread = new List<TcpClient>();
        for (var i = 0; i < 2; i++)
        {
            var client = new TcpClient { ReceiveBufferSize = 4096 };
            await client.ConnectAsync(IPAddress.Loopback, front.Address.Port, FrontEnd.Cancelled);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {front.Address.Authority}\r\n\r\n"), FrontEnd.Cancelled);
            Assert.Equal('H', client.GetStream().ReadByte());
            unread.Add(client);
        }
        var refused = await front.Anonymous.FetchAsync(path).AssertProblemAsync(429, "too_many_requests");
        Assert.Equal("pictures-unread", refused.GetProperty("quota").GetString());
        var other = await front.Anonymous.FetchAsync(path, (FrontEnd.RemoteAddressHeader, "192.0.2.1"));
        Assert.Equal(16 * 1024 * 1024, (await other.Content.ReadAsByteArrayAsync(FrontEnd.Cancelled)).Length);
        unread.ForEach(client => client.Dispose());
        HttpStatusCode again;
        do
        {
            again = (await front.Anonymous.FetchAsync(path)).StatusCode;
        }
        while (again == HttpStatusCode.TooManyRequests);
        Assert.Equal(HttpStatusCode.OK, again);
    }

    public static TheoryData<Exception, int, string> Faults { get; } = new()
    {
        { new SiloUnavailableException("silo 10.0.0.1"), 503, "unavailable" },
        { new ConnectionFailedException("10.0.0.1"), 503, "unavailable" },
        { new OrleansException("10.0.0.1"), 503, "unavailable" },
        { new TimeoutException("10.0.0.1"), 503, "unavailable" },
        { new OperationCanceledException("Message expired before placement could complete."), 503, "unavailable" },
        { new TypeLoadException("A silo of the release before finds no type for the method."), 503, "unavailable" },
        { new ArgumentException("The earliest collection that can be scheduled from now is for 11/30/2026 18:36:00"), 503, "unavailable" },
        { new ArgumentException("secret of 10.0.0.1"), 500, "unexpected" },
        { new InvalidOperationException("secret of 10.0.0.1"), 500, "unexpected" },
    };

    [Theory, MemberData(nameof(Faults))]
    public async Task UnavailableClusterIs503WithoutInternalDetails(Exception fault, int status, string code)
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();
        front.Cluster.Fault = fault;
        Task<HttpResponseMessage>[] sent =
        [
            client.PostTextAsync("/api/sessions", "{}"),
            client.FetchAsync($"/api/artworks/fresh?sessionId={sessionId}"),
            client.PostBatchAsync(sessionId),
            client.PostTextAsync("/api/artworks/5/impression", $$"""{"sessionId":"{{sessionId}}"}"""),
            client.PostTextAsync($"/api/sessions/{sessionId}/end", "{}"),
            client.FetchAsync("/api/artworks/5"),
            client.FetchAsync("/art/5.png"),
        ];
        foreach (var answer in sent)
        {
            var problem = await answer.AssertProblemAsync(status, code);
            Assert.DoesNotContain("10.0.0.1", problem.GetRawText());
            var isPicture = (await answer).RequestMessage!.RequestUri!.AbsolutePath.StartsWith("/art/", StringComparison.Ordinal);
            Assert.Equal(
                isPicture ? "default-src 'self'" : "default-src 'none'",
                Assert.Single((await answer).Headers.GetValues("Content-Security-Policy")).Split(';')[0]);
        }
        // The cause is elsewhere: where the exception was thrown here tells nothing, and fills the disk.
        Assert.Equal(status == 500, front.Log.From(LogLevel.Warning).Any(line => line.Contains("   at ", StringComparison.Ordinal)));
        Assert.Contains(front.Log.From(LogLevel.Warning), line => line.Contains(fault.Message, StringComparison.Ordinal));
        front.Cluster.Fault = null;
        Assert.Equal(HttpStatusCode.OK, (await client.PostBatchAsync(sessionId)).StatusCode);
    }

    /// <summary>During a rolling upgrade no silo has the grain, or one answers by a word of the next release: a retry is safe, and finds silos that have both.</summary>
    [Fact]
    public async Task WhatSilosOfAnotherReleaseDoNotKnowIs503WithRetryAfter()
    {
        await using var front = await FrontEnd.StartAsync();
        using var client = await front.SignInAsync();
        var sessionId = await client.OpenSessionIdAsync();

        front.Cluster.Missing.Add(typeof(IListenerRecordsGrain));
        Task<HttpResponseMessage>[] missing = [client.PostTextAsync("/api/sign-in/guest", ""), client.FetchAsync("/api/listeners/me/artworks"), client.PutAsync("/api/artworks/5/keep", null, FrontEnd.Cancelled)];
        front.Cluster.Forced = (SessionOutcome)77;
        Task<HttpResponseMessage>[] unknown =
        [
            client.PostTextAsync("/api/sessions", "{}"),
            client.FetchAsync($"/api/artworks/fresh?sessionId={sessionId}"),
            client.PostBatchAsync(sessionId),
            client.PostTextAsync($"/api/sessions/{sessionId}/end", "{}"),
        ];

        foreach (var answer in missing.Concat(unknown))
        {
            await answer.AssertProblemAsync(503, "unavailable");
            Assert.NotNull((await answer).Headers.RetryAfter);
        }
    }

    /// <summary>A bucket on it does not refill while it is spent, however slow the machine is.</summary>
    private static FakeTimeProvider StoppedClock() => new(TimeProvider.System.GetUtcNow());

    private static async Task<HttpResponseMessage> SpendAsync(Func<Task<HttpResponseMessage>> send, int atMost)
    {
        HttpResponseMessage? answer = null;
        for (var i = 0; i < atMost && answer is not { StatusCode: HttpStatusCode.TooManyRequests }; i++)
        {
            answer = await send();
        }
        return answer!;
    }
}
