using System.Collections.Concurrent;

namespace ArtFresh.Grains.MoodPool;

/// <summary>
/// Draws a silo's art on threads of its own, half as many as there are processors, so that requests are answered however many pools run low together. Drawings that a
/// request waits for go first.
/// </summary>
public sealed class Studio : IDisposable
{
    private readonly BlockingCollection<Action> _awaited = [];
    private readonly BlockingCollection<Action> _ahead = [];
    private readonly CancellationTokenSource _closing = new();

    /// <summary>Starts the threads.</summary>
    public Studio()
    {
        for (var i = 0; i < Math.Max(1, Environment.ProcessorCount / 2); i++)
        {
            new Thread(Work) { IsBackground = true, Name = nameof(Studio) }.Start();
        }
    }

    /// <summary>Queues one drawing.</summary>
    /// <param name="draw">Takes some tens of milliseconds.</param>
    /// <param name="isAwaited">Whether a request waits for it.</param>
    public Task<T> RunAsync<T>(Func<T> draw, bool isAwaited)
    {
        var drawn = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        (isAwaited ? _awaited : _ahead).Add(() =>
        {
            try
            {
                drawn.SetResult(draw());
            }
#pragma warning disable CA1031 // The caller gets the exception; the thread goes on.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                drawn.SetException(failure);
            }
        });
        return drawn.Task;
    }

    /// <summary>Stops the threads; drawings that have not begun are dropped.</summary>
    public void Dispose() => _closing.Cancel();

    private void Work()
    {
        // TakeFromAny takes from the first queue that has work.
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
