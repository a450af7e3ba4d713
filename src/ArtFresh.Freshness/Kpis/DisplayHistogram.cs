using System.Collections.Immutable;

namespace ArtFresh.Freshness;

/// <summary>
/// The times until art was on screen, counted in 14 buckets with fixed edges in milliseconds. One edge is the target of 3,000 ms.
/// Bucket i holds the times t with edge i-1 &lt;= t &lt; edge i, the last one all times from 30,000 up. Immutable; histograms can be added.
/// </summary>
public sealed class DisplayHistogram : IEquatable<DisplayHistogram>
{
    private readonly ImmutableArray<long> _counts;

    private DisplayHistogram(ImmutableArray<long> counts) => _counts = counts;

    /// <summary>The finite upper edges in milliseconds, ascending.</summary>
    public static ImmutableArray<double> EdgesMs { get; } =
        [50, 100, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000, 10000, 30000];

    /// <summary>The empty histogram.</summary>
    public static DisplayHistogram Empty { get; } = new([.. new long[EdgesMs.Length + 1]]);

    /// <summary>Number of displays in each bucket; the last one is unbounded.</summary>
    public ImmutableArray<long> Counts => _counts;

    /// <summary>Number of displays.</summary>
    public long Total => _counts.Sum();

    /// <summary>The sum of both.</summary>
    public static DisplayHistogram operator +(DisplayHistogram one, DisplayHistogram other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return new DisplayHistogram([.. one._counts.Zip(other._counts, (a, b) => checked(a + b))]);
    }

    /// <summary>Restores a histogram from its stored <see cref="Counts"/>.</summary>
    /// <exception cref="ArgumentException">There are not 14 counts, or one is negative.</exception>
    public static DisplayHistogram FromCounts(ReadOnlySpan<long> counts)
    {
        if (counts.Length != EdgesMs.Length + 1 || counts.ContainsAnyInRange(long.MinValue, -1))
        {
            throw new ArgumentException($"A histogram has {EdgesMs.Length + 1} counts of 0 or more.", nameof(counts));
        }

        return new DisplayHistogram([.. counts]);
    }

    /// <summary>A histogram with more display times, in milliseconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A time is negative or not a number.</exception>
    public DisplayHistogram Add(params ReadOnlySpan<double> times)
    {
        var counts = _counts.ToBuilder();
        foreach (var ms in times)
        {
            counts[BucketOf(ms)]++;
        }

        return new DisplayHistogram(counts.MoveToImmutable());
    }

    /// <summary>
    /// The time in milliseconds that a share of 1 - <paramref name="p"/> (0 to 1) of the displays reached or exceeded: the lower edge of its bucket, so that it is at most the true
    /// time, and on the same side of a target that is an edge. Null if there is no display.
    /// </summary>
    public double? Quantile(double p)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(p);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(p, 1);
        var rank = p * Total;
        var counted = 0L;
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            counted += _counts[bucket];
            if (_counts[bucket] > 0 && counted >= rank)
            {
                return bucket == 0 ? 0 : EdgesMs[bucket - 1];
            }
        }

        return null;
    }

    /// <summary>Exact number of displays that took less than <paramref name="edgeMs"/>.</summary>
    /// <exception cref="ArgumentException">It is not one of <see cref="EdgesMs"/>: between edges there is no exact answer.</exception>
    public long CountUnder(double edgeMs)
    {
        var edge = EdgesMs.IndexOf(edgeMs);
        return edge >= 0
            ? _counts.AsSpan()[..(edge + 1)].ToArray().Sum()
            : throw new ArgumentException($"{edgeMs} ms is not an edge of the histogram.", nameof(edgeMs));
    }

    /// <inheritdoc/>
    public bool Equals(DisplayHistogram? other) => other is not null && _counts.AsSpan().SequenceEqual(other._counts.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DisplayHistogram);

    /// <inheritdoc/>
    public override int GetHashCode() => _counts.Aggregate(17, HashCode.Combine);

    /// <summary>Index of the bucket of a display time in milliseconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not a number.</exception>
    public static int BucketOf(double ms)
    {
        if (!(ms >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(ms), ms, "A display time must be 0 ms or more.");
        }

        var at = EdgesMs.AsSpan().BinarySearch(ms);
        return at >= 0 ? at + 1 : ~at;
    }
}
