using System.Collections.Concurrent;

namespace ArtFresh.Api;

/// <summary>Values by name, each forgotten after one to two ages: all at once by letting go of a whole dictionary, so that no request pays for how many there are.</summary>
internal sealed class Recent<TValue>(TimeSpan age, TimeProvider time) where TValue : class
{
    private readonly Lock turning = new();
    private ConcurrentDictionary<string, TValue> young = new(StringComparer.Ordinal);
    private ConcurrentDictionary<string, TValue> old = new(StringComparer.Ordinal);
    private long turnedAt = time.GetTimestamp();

    /// <summary>How many were set within the last age.</summary>
    public int Count => young.Count;

    /// <summary>The value that was set, or null when that is too long ago.</summary>
    public TValue? Find(string name)
    {
        if (time.GetElapsedTime(Volatile.Read(ref turnedAt)) > age)
        {
            Turn();
        }
        return young.TryGetValue(name, out var known) || old.TryGetValue(name, out known) ? known : null;
    }

    public void Set(string name, TValue value) => young[name] = value;

    /// <summary>The value, which is young again, or a new one.</summary>
    public TValue Keep(string name, Func<string, TValue> make) =>
        young.TryGetValue(name, out var known) ? known : young.GetOrAdd(name, Find(name) ?? make(name));

    private void Turn()
    {
        lock (turning)
        {
            var passed = time.GetElapsedTime(turnedAt);
            if (passed > age)
            {
                old = passed > age * 2 ? new(StringComparer.Ordinal) : young;
                young = new(StringComparer.Ordinal);
                Volatile.Write(ref turnedAt, time.GetTimestamp());
            }
        }
    }
}
