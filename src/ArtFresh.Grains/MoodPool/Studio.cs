using System.Collections.Concurrent;

namespace ArtFresh.Grains.MoodPool;

/// <summary>
/// Where a silo's art is drawn: on threads of its own, half as many as there are processors, so that however many pools run low together, requests are still
/// answered. What somebody waits for is drawn first.
/// </summary>
public sealed class Studio : IDisposable
{
    private readonly BlockingCollection<Action> _awaited = [];
    private readonly BlockingCollection<Action> _ahead = [];
    private readonly CancellationTokenSource _closing = new();

    /// <summary>Opens it.</summary>
    public Studio()
    {
        for (var i = 0; i < Math.Max(1, Environment.ProcessorCount / 2); i++)
        {
            new Thread(Work) { IsBackground = true, Name = nameof(Studio) }.Start();
        }
    }

    /// <summary>Does one piece of work.</summary>
    /// <param name="draw">A few hundredths of a second long.</param>
    /// <param name="isAwaited">Whether somebody waits for it.</param>
    public Task<T> RunAsync<T>(Func<T> draw, bool isAwaited)
    {
        var drawn = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        (isAwaited ? _awaited : _ahead).Add(() =>
        {
            try
            {
                drawn.SetResult(draw());
            }
#pragma warning disable CA1031 // Whoever waits is told; the thread goes on.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                drawn.SetException(failure);
            }
        });
        return drawn.Task;
    }

    /// <summary>Closes it: what is not begun is not drawn any more.</summary>
    public void Dispose() => _closing.Cancel();

    private void Work()
    {
        // The first with work in it is taken from.
        BlockingCollection<Action>[] queues = [_awaited, _ahead];
        try
        {
            while (true)
            {
                BlockingCollection<Action>.TakeFromAny(queues, out var work, _closing.Token);
                work!();
            }
        }
        catch (OperationCanceledException)
        {
            // Closed.
        }
    }
}
