using System.Collections.Concurrent;

namespace ArtFresh.Api;

/// <summary>Values by name, each forgotten after one to two ages: all at once by letting go of a whole dictionary, so that no request pays for how many there are.</summary>
internal sealed class Recent<TValue>(TimeSpan age, TimeProvider clock) where TValue : class
{
    private readonly Lock _turning = new();
    private ConcurrentDictionary<string, TValue> _young = new(StringComparer.Ordinal);
    private ConcurrentDictionary<string, TValue> _old = new(StringComparer.Ordinal);
    private long _youngWeight;
    private long _turnedAt = clock.GetTimestamp();

    /// <summary>What those weigh that were set within the last age.</summary>
    public long Weight => Volatile.Read(ref _youngWeight);

    /// <summary>The value that was set, or null when that is too long ago.</summary>
    public TValue? Find(string name)
    {
        if (clock.GetElapsedTime(Volatile.Read(ref _turnedAt)) > age)
        {
            Turn();
        }
        return _young.TryGetValue(name, out var known) || _old.TryGetValue(name, out known) ? known : null;
    }

    /// <summary>Sets a value that was not set within the last age, unless all that were would weigh too much with it.</summary>
    public bool TrySet(string name, TValue value, int weight, long weightMax)
    {
        if (Interlocked.Add(ref _youngWeight, weight) <= weightMax && _young.TryAdd(name, value))
        {
            return true;
        }
        Interlocked.Add(ref _youngWeight, -weight);
        return false;
    }

    public void Forget(string name)
    {
        _young.TryRemove(name, out _);
        _old.TryRemove(name, out _);
    }

    /// <summary>The value, which is young again, or a new one.</summary>
    public TValue Keep(string name, Func<string, TValue> make) =>
        _young.TryGetValue(name, out var known) ? known : _young.GetOrAdd(name, Find(name) ?? make(name));

    private void Turn()
    {
        lock (_turning)
        {
            var passed = clock.GetElapsedTime(_turnedAt);
            if (passed > age)
            {
                _old = passed > age * 2 ? new(StringComparer.Ordinal) : _young;
                _young = new(StringComparer.Ordinal);
                Volatile.Write(ref _youngWeight, 0);
                Volatile.Write(ref _turnedAt, clock.GetTimestamp());
            }
        }
    }
}
