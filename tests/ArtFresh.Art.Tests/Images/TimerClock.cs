using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace ArtFresh.Art.Tests;

/// <summary>A clock that stands still, and tells when somebody starts to wait for it.</summary>
public sealed class TimerClock() : FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60))
{
    /// <summary>Real time after which a test that waits for a signal has failed.</summary>
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

    /// <summary>Waits until somebody starts to wait for a time that <paramref name="matches"/>, and gives it.</summary>
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

    /// <summary>Waits for such a wait, and lets its time pass.</summary>
    public async Task<TimeSpan> PassAsync(Func<TimeSpan, bool> matches)
    {
        var dueTime = await NextWaitAsync(matches);
        Advance(dueTime);
        return dueTime;
    }
}
