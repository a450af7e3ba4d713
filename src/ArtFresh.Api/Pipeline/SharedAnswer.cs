namespace ArtFresh.Api;

/// <summary>An answer that is asked for at most once in a time, however many callers want it. They share it, also while it is on its way.</summary>
internal sealed class SharedAnswer<T>(TimeSpan age, TimeProvider clock, Func<Task<T>> ask)
{
    private readonly Lock _gate = new();
    private Task<T>? _asked;
    private long _askedAt;

    /// <summary>The answer, no older than that when it came.</summary>
    public Task<T> Get()
    {
        lock (_gate)
        {
            if (_asked is null || (_asked.IsCompleted && clock.GetElapsedTime(_askedAt) >= age))
            {
                _askedAt = clock.GetTimestamp();
                _asked = ask();
            }

            return _asked;
        }
    }
}
