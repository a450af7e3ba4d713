using System.Numerics;

namespace ArtFresh.Freshness;

/// <summary>
/// The positions of a pool that a listener has passed, and the order in which the others come: the newest stretch first, and within it in an order of the listener's own. While
/// the newest is short it is one with the stretch before: all new listeners would begin with the same few artworks.
/// They only save asking again: the listener's set decides what is fresh. Not thread-safe.
/// </summary>
public sealed class PassedPositions
{
    /// <summary>Positions of a stretch. Within it each listener has an order of its own.</summary>
    public const int StretchLength = 64;

    // Stretches from 1 on. Those that are passed in part are few: the newest, and the one that is being read.
    private readonly NumberIntervals _whole = new(int.MaxValue);
    private readonly Dictionary<int, ulong> _parts = [];

    /// <param name="before">All positions before this one are passed.</param>
    public PassedPositions(int before = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(before);
        _whole.AddRange(1, before / StretchLength);
        if (before % StretchLength is > 0 and var rest)
        {
            _parts[before / StretchLength] = (1UL << rest) - 1;
        }
    }

    /// <summary>Whole stretches that are passed: the first and the last of each interval, counted from 1.</summary>
    public IReadOnlyList<(long First, long Last)> Whole => _whole.Intervals;

    /// <summary>All positions before this one are passed.</summary>
    public int PassedBefore => ((int)_whole.HighWater * StretchLength) + BitOperations.TrailingZeroCount(~_parts.GetValueOrDefault((int)_whole.HighWater));

    /// <summary>Positions in the pool when it was asked last; 0 before.</summary>
    public int Known { get; set; }

    /// <summary>Passes whole stretches.</summary>
    public void AddWhole(long first, long last) => _whole.AddRange(first, last - first + 1);

    /// <summary>Passes a position.</summary>
    public void Add(int position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        var stretch = position / StretchLength;
        if (_whole.Contains(stretch + 1))
        {
            return;
        }

        var part = _parts.GetValueOrDefault(stretch) | (1UL << (position % StretchLength));
        if (part == ulong.MaxValue)
        {
            _parts.Remove(stretch);
            _whole.Add(stretch + 1);
        }
        else
        {
            _parts[stretch] = part;
        }
    }

    /// <summary>How many positions of a pool are not passed.</summary>
    /// <param name="from">Counts from this position on.</param>
    /// <param name="count">Positions in the pool.</param>
    public int Left(int from, int count)
    {
        var left = Math.Max(0, count - from);
        foreach (var (first, last) in _whole.Intervals)
        {
            left -= Math.Max(0, Math.Min(count, (int)last * StretchLength) - Math.Max(from, (int)(first - 1) * StretchLength));
        }

        foreach (var (stretch, part) in _parts)
        {
            var start = stretch * StretchLength;
            for (var bits = part; bits != 0; bits &= bits - 1)
            {
                left -= start + BitOperations.TrailingZeroCount(bits) is var position && position >= from && position < count ? 1 : 0;
            }
        }

        return left;
    }

    /// <summary>The positions of a pool that are not passed, in the order in which they come.</summary>
    /// <param name="from">Leaves out earlier positions.</param>
    /// <param name="count">Positions in the pool.</param>
    /// <param name="seed">The listener's and the pool's: another one gives another order within each stretch.</param>
    public IEnumerable<int> Order(int from, int count, ulong seed)
    {
        var newest = Math.Max(0, (count / StretchLength) - 1);
        var (places, before) = (new byte[2 * StretchLength], -1);
        foreach (var unfinished in Unfinished(from / StretchLength, (count - 1) / StretchLength))
        {
            var stretch = Math.Min(unfinished, newest);
            if (stretch == before)
            {
                continue;
            }

            before = stretch;
            var length = stretch == newest ? count - (newest * StretchLength) : StretchLength;
            Shuffle(places.AsSpan(0, length), seed + (ulong)stretch);
            for (var i = 0; i < length; i++)
            {
                var position = (stretch * StretchLength) + places[i];
                if (position >= from && !IsPassed(position))
                {
                    yield return position;
                }
            }
        }
    }

    private bool IsPassed(int position) =>
        _whole.Contains((position / StretchLength) + 1) || (_parts.GetValueOrDefault(position / StretchLength) & (1UL << (position % StretchLength))) != 0;

    /// <summary>The newest first. Jumps over intervals, because a listener may have passed thousands of stretches.</summary>
    private IEnumerable<int> Unfinished(int bottom, int top)
    {
        var next = top;
        foreach (var (first, last) in _whole.Intervals.Reverse())
        {
            for (; next >= Math.Max(bottom, last); next--)
            {
                yield return next;
            }

            next = Math.Min(next, (int)first - 2);
        }

        for (; next >= bottom; next--)
        {
            yield return next;
        }
    }

    /// <summary>The order by Fisher and Yates, with numbers by SplitMix64 (Steele, Lea and Flood, 2014).</summary>
    private static void Shuffle(Span<byte> places, ulong state)
    {
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = (byte)i;
        }

        for (var i = places.Length - 1; i > 0; i--)
        {
            state += 0x9e3779b97f4a7c15;
            var mixed = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
            var other = (int)((mixed ^ (mixed >> 31)) % (ulong)(i + 1));
            (places[i], places[other]) = (places[other], places[i]);
        }
    }
}
