using System.Collections.Concurrent;

namespace ArtFresh.Api;

/// <summary>Values by key, each dropped after one to two ages. Drops a whole dictionary at once, so that no request pays for the number of values.</summary>
internal sealed class Recent<TKey, TValue>(TimeSpan age, TimeProvider clock) where TKey : notnull where TValue : class
{
    private readonly Lock _turning = new();
    private ConcurrentDictionary<TKey, TValue> _young = new();
    private ConcurrentDictionary<TKey, TValue> _old = new();
    private long _youngWeight;
    private long _turnedAt = clock.GetTimestamp();

    /// <summary>Total weight of the values set within the last age.</summary>
    public long Weight => Volatile.Read(ref _youngWeight);

    /// <summary>The value of a key; null if it was never set or was dropped.</summary>
    public TValue? Find(TKey key)
    {
        TurnIfDue();
        return _young.TryGetValue(key, out var known) || _old.TryGetValue(key, out known) ? known : null;
    }

    /// <summary>As <see cref="Find"/>, for a key that is a part of another text and need not be copied.</summary>
    public TValue? FindBy(ReadOnlySpan<char> key)
    {
        TurnIfDue();
        return _young.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key, out var known)
            || _old.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key, out known) ? known : null;
    }

    /// <summary>Sets a value. False if the key was set within the last age, or the total weight would exceed the limit.</summary>
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

    /// <summary>Finds or makes a value, and renews its age. Null if it is not among the young values and there are <paramref name="countMax"/> of them.</summary>
    public TValue? Keep(TKey key, Func<TKey, TValue> make, int countMax)
    {
        if (_young.TryGetValue(key, out var known))
        {
            return known;
        }
        var value = Find(key) ?? make(key);
        return TrySet(key, value, weight: 1, countMax) ? value : _young.GetValueOrDefault(key);
    }

    private void TurnIfDue()
    {
        if (clock.GetElapsedTime(Volatile.Read(ref _turnedAt)) > age)
        {
            Turn();
        }
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
