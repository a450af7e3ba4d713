using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace ArtFresh.Art.Tests;

/// <summary>A fake clock that reports each new timer.</summary>
public sealed class TimerClock() : FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60))
{
    /// <summary>Real time after which a test that waits for a signal fails.</summary>
    public static readonly TimeSpan HangsAfter = TimeSpan.FromSeconds(30);

    private readonly Channel<TimeSpan> _started = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero)
        {
            _started.Writer.TryWrite(dueTime);
        }

        return timer;
    }

    /// <summary>Waits until a timer starts whose time <paramref name="matches"/>; returns the time.</summary>
    public async Task<TimeSpan> NextWaitAsync(Func<TimeSpan, bool> matches)
    {
        using var hang = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        hang.CancelAfter(HangsAfter);
        await foreach (var dueTime in _started.Reader.ReadAllAsync(hang.Token))
        {
            if (matches(dueTime))
            {
                return dueTime;
            }
        }

        throw new InvalidOperationException("The clock has been closed.");
    }

    /// <summary>Waits for such a timer, then advances the clock by its time.</summary>
    public async Task<TimeSpan> PassAsync(Func<TimeSpan, bool> matches)
    {
        var dueTime = await NextWaitAsync(matches);
        Advance(dueTime);
        return dueTime;
    }
}
