namespace ArtFresh.Grains.MoodPool;

/// <summary>
/// Draws a silo's art on threads of its own, half as many as there are processors, so that requests are answered however many pools run low at once. Drawings that a
/// request waits for go first, even if they were queued before the request.
/// </summary>
public sealed class Studio : IDisposable
{
    // A list is fast enough, because each pool queues one drawing at a time.
    private readonly List<(Action Draw, Func<bool> IsAwaited)> _queue = [];
    private bool _isClosed;

    /// <summary>Starts the threads.</summary>
    public Studio() : this(Math.Max(1, Environment.ProcessorCount / 2))
    {
    }

    internal Studio(int threads)
    {
        for (var i = 0; i < threads; i++)
        {
            new Thread(Work) { IsBackground = true, Name = nameof(Studio) }.Start();
        }
    }

    /// <summary>Queues one drawing.</summary>
    /// <param name="draw">Takes some tens of milliseconds.</param>
    /// <param name="isAwaited">Whether a request waits for it. Called on the studio's threads, whenever one of them is free.</param>
    public Task<T> RunAsync<T>(Func<T> draw, Func<bool> isAwaited)
    {
        var drawn = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Draw()
        {
            try
            {
                drawn.SetResult(draw());
            }
#pragma warning disable CA1031 // The caller gets the exception; the thread continues.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                drawn.SetException(failure);
            }
        }

        lock (_queue)
        {
            _queue.Add((Draw, isAwaited));
            Monitor.Pulse(_queue);
        }

        return drawn.Task;
    }

    /// <summary>Stops the threads and drops the drawings that have not begun.</summary>
    public void Dispose()
    {
        lock (_queue)
        {
            _isClosed = true;
            Monitor.PulseAll(_queue);
        }
    }

    private void Work()
    {
        while (Next() is { } draw)
        {
            draw();
        }
    }

    private Action? Next()
    {
        lock (_queue)
        {
            while (_queue.Count == 0 && !_isClosed)
            {
                Monitor.Wait(_queue);
            }

            if (_isClosed)
            {
                return null;
            }

            var next = Math.Max(0, _queue.FindIndex(drawing => drawing.IsAwaited()));
            var draw = _queue[next].Draw;
            _queue.RemoveAt(next);
            return draw;
        }
    }
}
