using System.Runtime.InteropServices;

namespace ArtFresh.Freshness;

/// <summary>
/// The impression numbers (1, 2, 3 …) of a session that have arrived, as disjoint intervals in ascending order that never touch.
/// A session that loses nothing is one interval. Not thread-safe; numbers below 1 throw <see cref="ArgumentOutOfRangeException"/>.
/// </summary>
public sealed class NumberIntervals
{
    private readonly int _intervalsMax;
    private int _intervalCount;

    // Most sessions lose nothing, so the array is allocated with the second interval.
    private (long First, long Last) _only;
    private (long First, long Last)[]? _several;

    /// <param name="intervalsMax">Maximum number of intervals, 1 or more. Without a limit, a client that sends 1, 3, 5, 7 … could grow it forever.</param>
    public NumberIntervals(int intervalsMax = 4096)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(intervalsMax, 1);
        _intervalsMax = intervalsMax;
    }

    /// <summary>The largest N such that 1..N have all arrived; 0 if 1 has not.</summary>
    public long HighWater => Held is [(1, var last), ..] ? last : 0;

    /// <summary>The largest number that has arrived; 0 if none has.</summary>
    public long Highest => Held is [.., (_, var last)] ? last : 0;

    /// <summary>Count of numbers that have arrived.</summary>
    public long Count => CountOf(Held);

    /// <summary>Count of numbers below the highest that have not arrived.</summary>
    public long Missing => Highest - Count;

    /// <summary>A copy of the intervals that have arrived, ascending.</summary>
    public IReadOnlyList<(long First, long Last)> Intervals => Held.ToArray();

    private Span<(long First, long Last)> Held =>
        _several is null ? MemoryMarshal.CreateSpan(ref _only, _intervalCount) : _several.AsSpan(0, _intervalCount);

    /// <summary>Whether the number has arrived.</summary>
    public bool Contains(long number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        var at = FirstEndingAtOrAfter(number);
        return at < _intervalCount && Held[at].First <= number;
    }

    /// <summary>Adds one number; true if it was new.</summary>
    /// <exception cref="InvalidOperationException">The limit of intervals would be exceeded; check <see cref="CanAdd"/> first.</exception>
    public bool Add(long number) => AddRange(number, 1) == 1;

    /// <summary>Adds first, first + 1, … (<paramref name="count"/> numbers, 0 or more); returns how many were new.</summary>
    /// <exception cref="InvalidOperationException">The limit of intervals would be exceeded; check <see cref="CanAdd"/> first. Nothing was added.</exception>
    public long AddRange(long first, long count)
    {
        var last = LastOf(first, count);
        if (count == 0)
        {
            return 0;
        }

        var (from, end) = Touching(first, last);
        if (from == end)
        {
            if (_intervalCount == _intervalsMax)
            {
                throw new InvalidOperationException($"The numbers lie in more than {_intervalsMax} intervals.");
            }

            Insert(from, (first, last));
            return count;
        }

        var held = Held;
        var before = CountOf(held[from..end]);
        var merged = (First: Math.Min(first, held[from].First), Last: Math.Max(last, held[end - 1].Last));
        held[from] = merged;
        held[end..].CopyTo(held[(from + 1)..]);
        _intervalCount -= end - from - 1;
        return merged.Last - merged.First + 1 - before;
    }

    /// <summary>Whether the range can be added within the limit of intervals. Always true for a range that overlaps or touches an interval.</summary>
    public bool CanAdd(long first, long count)
    {
        var last = LastOf(first, count);
        if (count == 0 || _intervalCount < _intervalsMax)
        {
            return true;
        }

        var (from, end) = Touching(first, last);
        return from < end;
    }

    /// <summary>The numbers below the highest that have not arrived, ascending.</summary>
    public IEnumerable<(long First, long Last)> Gaps()
    {
        var next = 1L;
        foreach (var (first, last) in Intervals)
        {
            if (first > next)
            {
                yield return (next, first - 1);
            }

            next = last + 1;
        }
    }

    private static long LastOf(long first, long count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(first, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count - 1, long.MaxValue - first, nameof(count));
        return first + count - 1;
    }

    private static long CountOf(ReadOnlySpan<(long First, long Last)> intervals)
    {
        var count = 0L;
        foreach (var (first, last) in intervals)
        {
            count += last - first + 1;
        }

        return count;
    }

    /// <summary>The half-open index range of the intervals that overlap or touch first..last.</summary>
    private (int From, int End) Touching(long first, long last)
    {
        var from = FirstEndingAtOrAfter(first - 1);
        var end = from;
        while (end < _intervalCount && Held[end].First - 1 <= last)
        {
            end++;
        }

        return (from, end);
    }

    private void Insert(int at, (long First, long Last) interval)
    {
        if (_intervalCount == (_several?.Length ?? 1))
        {
            var several = new (long First, long Last)[_intervalCount + (_intervalCount / 2) + 1];
            Held.CopyTo(several);
            _several = several;
        }

        _intervalCount++;
        var held = Held;
        held[at..^1].CopyTo(held[(at + 1)..]);
        held[at] = interval;
    }

    private int FirstEndingAtOrAfter(long number)
    {
        var held = Held;
        int low = 0, high = held.Length;
        if (high > 0 && held[high - 1].Last < number)
        {
            return high;
        }

        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (held[middle].Last < number)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
