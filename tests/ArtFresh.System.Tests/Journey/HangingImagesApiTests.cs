using System.Diagnostics;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Journey;

/// <summary>A server whose images API takes calls and never answers.</summary>
public sealed class HangingImagesApiTests
{
    /// <summary>Far above what a stop takes on a busy machine, and far below the call's own time limit.</summary>
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task ArtIsServedAndTheServerStopsWhileACallIsUnderWay()
    {
        var calls = 0;
        await using var api = await LoopbackSite.StartAsync(async context =>
        {
            Interlocked.Increment(ref calls);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        await using var server = new ServerProcess("--ArtFresh:Images:Address", api.Address.ToString());
        await server.StartAsync();
        using var listener = new HttpListenerClient(server.Address);
        await listener.SignInAsync();
        var session = await listener.OpenAsync();
        for (var mood = 1; mood <= 9; mood++)
        {
            Assert.Equal(5, (await listener.FreshAsync(session, 5, mood / 10.0, 0.5)).Length);
        }

        await Eventually.TrueAsync(() => Volatile.Read(ref calls) > 0, () => "the API was not called");
        var stopping = Stopwatch.StartNew();
        await server.StopAsync();

        Assert.True(stopping.Elapsed < StopMax, $"stopped after {stopping.Elapsed}");
    }
}
