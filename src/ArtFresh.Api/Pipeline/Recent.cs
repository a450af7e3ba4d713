using System.Collections.Concurrent;

namespace ArtFresh.Api;

/// <summary>Values by key, each forgotten after one to two ages: all at once by letting go of a whole dictionary, so that no request pays for how many there are.</summary>
internal sealed class Recent<TKey, TValue>(TimeSpan age, TimeProvider clock) where TKey : notnull where TValue : class
{
    private readonly Lock _turning = new();
    private ConcurrentDictionary<TKey, TValue> _young = new();
    private ConcurrentDictionary<TKey, TValue> _old = new();
    private long _youngWeight;
    private long _turnedAt = clock.GetTimestamp();

    /// <summary>What those weigh that were set within the last age.</summary>
    public long Weight => Volatile.Read(ref _youngWeight);

    /// <summary>The value that was set, or null when that is too long ago.</summary>
    public TValue? Find(TKey key)
    {
        if (clock.GetElapsedTime(Volatile.Read(ref _turnedAt)) > age)
        {
            Turn();
        }
        return _young.TryGetValue(key, out var known) || _old.TryGetValue(key, out known) ? known : null;
    }

    /// <summary>Sets a value that was not set within the last age, unless all that were would weigh too much with it.</summary>
    public bool TrySet(TKey key, TValue value, int weight, long weightMax)
    {
        if (Interlocked.Add(ref _youngWeight, weight) <= weightMax && _young.TryAdd(key, value))
        {
            return true;
        }
        Interlocked.Add(ref _youngWeight, -weight);
        return false;
    }

    public void Forget(TKey key)
    {
        _young.TryRemove(key, out _);
        _old.TryRemove(key, out _);
    }

    /// <summary>The value, which is young again, or a new one; null where so many are young and it is not one of them.</summary>
    public TValue? Keep(TKey key, Func<TKey, TValue> make, int countMax)
    {
        if (_young.TryGetValue(key, out var known))
        {
            return known;
        }
        var value = Find(key) ?? make(key);
        return TrySet(key, value, weight: 1, countMax) ? value : _young.GetValueOrDefault(key);
    }

    private void Turn()
    {
        lock (_turning)
        {
            var passed = clock.GetElapsedTime(_turnedAt);
            if (passed > age)
            {
                _old = passed > age * 2 ? new() : _young;
                _young = new();
                Volatile.Write(ref _youngWeight, 0);
                Volatile.Write(ref _turnedAt, clock.GetTimestamp());
            }
        }
    }
}
