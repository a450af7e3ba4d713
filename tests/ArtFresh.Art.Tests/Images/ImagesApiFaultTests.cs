using ArtFresh.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ArtFresh.Art.Tests;

/// <summary>A server that is slow, fails, throttles or breaks connections. A fake clock controls the time.</summary>
public sealed class ImagesApiFaultTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly TimerClock _clock = new();
    private ImagesServer _server = null!;
    private ServiceProvider _services = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ImagesServer.StartAsync();
        var address = new Uri(_server.Address);
        _services = new ServiceCollection()
            .AddSingleton<TimeProvider>(_clock)
            .AddImagesApi(new() { Address = address, Timeout = Limit })
            .BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(408)]
    [InlineData(429)]
    public async Task TemporaryFaultIsRetriedWithBackoff(int status)
    {
        _server.Answer = (context, number) => number < 2
            ? ImagesServer.SendErrorAsync(context, status, "busy")
            : ImagesServer.SendPictureAsync(context, Samples.Png(100, 100));

        var call = GenerateAsync();
        var first = await _clock.PassAsync(IsBackoff);
        var second = await _clock.PassAsync(IsBackoff);

        Assert.Equal(100, (await call).Width);
        Assert.Equal(3, _server.Requests.Count);
        Assert.True(first > TimeSpan.Zero && second > TimeSpan.Zero);
    }

    [Fact]
    public async Task BrokenConnectionIsRetried()
    {
        _server.Answer = async (context, number) =>
        {
            if (number > 0)
            {
                await ImagesServer.SendPictureAsync(context, Samples.Png(100, 100));
                return;
            }

            context.Response.ContentLength = 1000;
            await context.Response.WriteAsync("{\"data\"");
            await context.Response.Body.FlushAsync();
            context.Abort();
        };

        var call = GenerateAsync();
        await _clock.PassAsync(IsBackoff);

        Assert.Equal(100, (await call).Width);
        Assert.Equal(2, _server.Requests.Count);
    }

    [Fact]
    public async Task PermanentFaultIsReportedAfterThreeAttempts()
    {
        _server.Answer = (context, _) => ImagesServer.SendErrorAsync(context, 500, "broken");

        var call = GenerateAsync();
        await _clock.PassAsync(IsBackoff);
        await _clock.PassAsync(IsBackoff);

        var failure = await Assert.ThrowsAsync<ArtGenerationException>(() => call);
        Assert.Equal((ArtGenerationFault.Unavailable, "The images API answered HTTP 500: broken"), (failure.Fault, failure.Message));
        Assert.Equal(3, _server.Requests.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RetryAfterIsHonoured(bool asDate)
    {
        var after = TimeSpan.FromSeconds(17);
        var header = asDate ? (_clock.GetUtcNow() + after).ToString("R") : "17";
        _server.Answer = (context, number) => number == 0
            ? ImagesServer.SendErrorAsync(context, 429, "slow down", header)
            : ImagesServer.SendPictureAsync(context, Samples.Png(100, 100));

        var call = GenerateAsync();
        Assert.Equal(after, await _clock.NextWaitAsync(due => due != Limit && due != Limit * 3));
        _clock.Advance(after - TimeSpan.FromMilliseconds(1));
        Assert.Single(_server.Requests);
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(100, (await call).Width);
        Assert.Equal(2, _server.Requests.Count);
    }

    [Fact]
    public async Task LongRetryAfterEndsTheCall()
    {
        _server.Answer = (context, _) => ImagesServer.SendErrorAsync(context, 429, "come back tomorrow", "86400");

        var failure = await Assert.ThrowsAsync<ArtGenerationException>(GenerateAsync);

        Assert.Equal((ArtGenerationFault.Throttled, "The images API answered HTTP 429: come back tomorrow"), (failure.Fault, failure.Message));
        Assert.Single(_server.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SlowAnswerIsAbortedAndRetried(bool startsToAnswer)
    {
        var arrived = new SemaphoreSlim(0);
        _server.Answer = async (context, number) =>
        {
            if (number == 1)
            {
                await ImagesServer.SendPictureAsync(context, Samples.Png(100, 100));
                return;
            }

            if (startsToAnswer)
            {
                await context.Response.WriteAsync("{");
                await context.Response.Body.FlushAsync();
            }

            arrived.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        };

        var call = GenerateAsync();
        await arrived.WaitAsync(TestContext.Current.CancellationToken);
        _clock.Advance(Limit);
        await _clock.PassAsync(IsBackoff);

        Assert.Equal(100, (await call).Width);
    }

    [Fact]
    public async Task SlowCallEndsAtItsTimeLimit()
    {
        var arrived = new SemaphoreSlim(0);
        _server.Answer = async (context, _) =>
        {
            arrived.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        };
        var start = _clock.GetUtcNow();

        var call = GenerateAsync();
        for (var attempt = 0; attempt < 3 && !call.IsCompleted; attempt++)
        {
            await arrived.WaitAsync(TestContext.Current.CancellationToken);
            _clock.Advance(Limit - TimeSpan.FromSeconds(10));
            Assert.False(call.IsCompleted);
            _clock.Advance(TimeSpan.FromSeconds(10));
            if (attempt < 2)
            {
                await Task.WhenAny(call, _clock.PassAsync(IsBackoff));
            }
        }

        Assert.Equal(ArtGenerationFault.TimedOut, (await Assert.ThrowsAsync<ArtGenerationException>(() => call)).Fault);
        Assert.InRange(_clock.GetUtcNow() - start, Limit, (Limit * 3) + TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task RequestsPauseWhileTheApiFailsRepeatedly()
    {
        _server.Answer = (context, _) => ImagesServer.SendErrorAsync(context, 500, "broken", "3600");
        ArtGenerationException failure;
        var calls = 0;
        do
        {
            failure = await Assert.ThrowsAsync<ArtGenerationException>(GenerateAsync);
            calls++;
        }
        while (failure.Message.Contains("HTTP 500", StringComparison.Ordinal) && calls < 20);

        Assert.Equal("The images API failed repeatedly; requests are paused for a while.", failure.Message);
        var asked = _server.Requests.Count;
        Assert.Equal(calls - 1, asked);
        await Assert.ThrowsAsync<ArtGenerationException>(GenerateAsync);
        Assert.Equal(asked, _server.Requests.Count);

        _server.Answer = (context, _) => ImagesServer.SendPictureAsync(context, Samples.Png(100, 100));
        _clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(100, (await GenerateAsync()).Width);
        Assert.Equal(100, (await GenerateAsync()).Width);
    }

    [Theory]
    [InlineData(401, "no")]
    [InlineData(422, "no")]
    [InlineData(200, "")]
    [InlineData(200, "<html>")]
    public async Task RefusalsAreFollowedByLongerAndLongerRests(int status, string body)
    {
        _server.Answer = (context, _) =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(body);
        };
        var api = _services.GetRequiredService<ImagesApiClient>();
        await FailAsync(api, asked: 1);
        await FailAsync(api, asked: 2);
        foreach (var (rest, asked) in new[] { (30, 3), (60, 4), (120, 5) })
        {
            Assert.False(api.IsAvailable);
            await FailAsync(api, asked - 1);
            _clock.Advance(TimeSpan.FromSeconds(rest - 1));
            Assert.False(api.IsAvailable);
            _clock.Advance(TimeSpan.FromSeconds(2));
            Assert.True(api.IsAvailable);
            await FailAsync(api, asked);
        }

        _server.Answer = (context, _) => ImagesServer.SendPictureAsync(context, Samples.Png(100, 100));
        _clock.Advance(TimeSpan.FromSeconds(241));
        Assert.Equal(100, (await GenerateAsync()).Width);
        Assert.True(api.IsAvailable);
    }

    [Fact]
    public async Task PictureIsExpectedWhereTheLastOneCameInTimeAndNoneIsLate()
    {
        var api = _services.GetRequiredService<ImagesApiClient>();
        var patience = TimeSpan.FromSeconds(1);
        Assert.False(api.IsExpectedWithin(patience));
        await GenerateAsync();
        Assert.True(api.IsExpectedWithin(patience));

        var arrived = new SemaphoreSlim(0);
        _server.Answer = async (context, _) =>
        {
            arrived.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        };
        using var source = new CancellationTokenSource();
        var hanging = api.GenerateAsync(Mood.Neutral, null, source.Token);
        await arrived.WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(api.IsExpectedWithin(patience));
        _clock.Advance(patience + TimeSpan.FromMilliseconds(1));
        Assert.False(api.IsExpectedWithin(patience));

        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);
        Assert.False(api.IsExpectedWithin(patience));
    }

    private async Task FailAsync(ImagesApiClient api, int asked)
    {
        await Assert.ThrowsAsync<ArtGenerationException>(() => api.GenerateAsync(Mood.Neutral, null, TestContext.Current.CancellationToken));
        Assert.Equal(asked, _server.Requests.Count);
    }

    [Fact]
    public async Task ConcurrentRequestsAreLimited()
    {
        var arrivals = new SemaphoreSlim(0);
        var gate = new SemaphoreSlim(0);
        int atOnce = 0, most = 0;
        _server.Answer = async (context, _) =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref atOnce));
            arrivals.Release();
            await gate.WaitAsync(context.RequestAborted);
            Interlocked.Decrement(ref atOnce);
            await ImagesServer.SendPictureAsync(context, Samples.Png(100, 100));
        };

        var calls = Enumerable.Range(0, 8).Select(_ => GenerateAsync()).ToList();
        await arrivals.WaitAsync(TestContext.Current.CancellationToken);
        for (var arrived = 1; arrived < calls.Count; arrived++)
        {
            // Two requests are in progress before the first is answered, and again after each answer.
            await arrivals.WaitAsync(TestContext.Current.CancellationToken);
            gate.Release();
        }

        gate.Release();
        await Task.WhenAll(calls);
        Assert.Equal(2, most);
    }

    [Fact]
    public async Task CallerCanCancel()
    {
        using var source = new CancellationTokenSource();
        var gone = new TaskCompletionSource();
        _server.Answer = async (context, _) =>
        {
            using var registration = context.RequestAborted.Register(gone.SetResult);
            await source.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _services.GetRequiredService<ImagesApiClient>().GenerateAsync(Mood.Neutral, null, source.Token));

        await gone.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task MissingServerIsUnavailable()
    {
        await _server.DisposeAsync();

        var call = GenerateAsync();
        await _clock.PassAsync(IsBackoff);
        await _clock.PassAsync(IsBackoff);

        Assert.Equal(ArtGenerationFault.Unavailable, (await Assert.ThrowsAsync<ArtGenerationException>(() => call)).Fault);
    }

    // The time limits of the attempt and of the call use the clock too.
    private static bool IsBackoff(TimeSpan due) => due != Limit && due != Limit * 3;

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while (value > (seen = Volatile.Read(ref target)) && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }

    private Task<GeneratedImage> GenerateAsync() =>
        _services.GetRequiredService<ImagesApiClient>().GenerateAsync(Mood.Neutral, null, TestContext.Current.CancellationToken)
            .WaitAsync(TimerClock.HangsAfter, TestContext.Current.CancellationToken);
}
