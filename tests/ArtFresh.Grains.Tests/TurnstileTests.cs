using ArtFresh.Grains.ListenerSession;
using Xunit;

namespace ArtFresh.Grains.Tests;

public class TurnstileTests
{
    [Fact]
    public async Task CallersPassOneAtATimeInOrderOfArrival()
    {
        var turnstile = new Turnstile();
        Assert.True(turnstile.WaitAsync().IsCompleted);
        var (second, third) = (turnstile.WaitAsync(), turnstile.WaitAsync());
        Assert.False(second.IsCompleted);

        turnstile.Release();
        await second;
        Assert.False(third.IsCompleted);
        // Whoever comes now is behind those who have waited, though the first is gone.
        var fourth = turnstile.WaitAsync();

        turnstile.Release();
        await third;
        Assert.False(fourth.IsCompleted);

        turnstile.Release();
        await fourth;
        turnstile.Release();
        Assert.True(turnstile.WaitAsync().IsCompleted);
    }

    [Fact]
    public async Task ReleaseOfOneTurnstileDoesNotAffectAnother()
    {
        var (one, other) = (new Turnstile(), new Turnstile());
        Assert.True(one.WaitAsync().IsCompleted);
        Assert.True(other.WaitAsync().IsCompleted);
        var waiting = one.WaitAsync();
        other.Release();
        Assert.True(other.WaitAsync().IsCompleted);
        Assert.False(waiting.IsCompleted);
        one.Release();
        await waiting;
    }
}
