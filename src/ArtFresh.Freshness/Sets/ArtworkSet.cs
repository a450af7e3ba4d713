using System.Collections;
using System.Runtime.CompilerServices;

namespace ArtFresh.Freshness;

/// <summary>
/// A set of artwork ids (0 to <see cref="long.MaxValue"/>) that is compact for short and long histories. Up to 256 ids below 2^32 are in one array;
/// more are in containers of 2^16 ids, each in its smallest form (sorted array, low bytes, bitmap, runs).
/// A change moves at most one container (8 KiB), however large the set is.
/// Not thread-safe; negative ids throw <see cref="ArgumentOutOfRangeException"/>.
/// </summary>
public sealed class ArtworkSet : IEnumerable<long>
{
    private const int OwnBytes = 40;

    private readonly bool _isGathering;
    private FewIds _few;
    private ContainerDirectory? _many;
    private int _version;

    /// <summary>An empty set, without an array.</summary>
    public ArtworkSet()
    {
    }

    private ArtworkSet(bool isGathering) => _isGathering = isGathering;

    private ArtworkSet(FewIds few) => _few = few;

    private ArtworkSet(ContainerDirectory many)
    {
        var few = FewIds.From(many);
        (_few, _many) = (few ?? default, few is null ? many : null);
    }

    /// <summary>Number of ids.</summary>
    public long Count => _many?.IdCount ?? _few.Count;

    /// <summary>Approximate size in memory, with object headers and spare capacity.</summary>
    public long MemoryBytes => OwnBytes + (_many?.MemoryBytes ?? _few.MemoryBytes);

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged, cut short, too long, of another version, or their content is out of order; the message says which.</exception>
    public static ArtworkSet FromBytes(ReadOnlySpan<byte> bytes) => new(ArtworkSetCodec.Decode(bytes));

    /// <summary>
    /// A set that adds many scattered ids in a third of the time, but takes up to 8 KiB for each 65,536 ids of range. When it is complete, keep its <see cref="Clone"/> instead.
    /// </summary>
    /// <param name="from">The initial ids; copied.</param>
    public static ArtworkSet Gathering(ArtworkSet? from = null)
    {
        var set = new ArtworkSet(isGathering: true);
        if (from is not null)
        {
            set.UnionWith(from);
        }

        return set;
    }

    /// <summary>Whether the id is in the set.</summary>
    public bool Contains(long id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        return _many?.Contains(id) ?? _few.Contains(id);
    }

    /// <summary>Adds one id; true if it was new.</summary>
    public bool Add(long id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        _version++;
        if (_many is null && id <= uint.MaxValue && _few.Count < FewIds.CountMax)
        {
            return _few.Add((uint)id);
        }

        return (_many is not null || !_few.Contains(id)) && Many().Add(id);
    }

    /// <summary>Removes one id; true if it was there.</summary>
    public bool Remove(long id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        _version++;
        return _many?.Remove(id) ?? _few.Remove(id);
    }

    /// <summary>Adds first, first + 1, … (<paramref name="count"/> ids, 0 or more); returns how many were new. Time and memory grow by one small container for each 65,536 ids.</summary>
    public long AddRange(long first, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count - 1, long.MaxValue - first, nameof(count));
        if (count == 0)
        {
            return 0;
        }

        if (count == 1)
        {
            return Add(first) ? 1 : 0;
        }

        _version++;
        return Many().AddRange(first, first + count - 1);
    }

    /// <summary>Adds every id of the other set, which is not changed.</summary>
    public void UnionWith(ArtworkSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (ReferenceEquals(this, other))
        {
            return;
        }

        if (other._many is null)
        {
            foreach (var id in other._few.Ids())
            {
                Add(id);
            }

            return;
        }

        _version++;
        Many().UnionWith(other._many);
    }

    /// <summary>Adds every id, in any order. If one is negative, adds none.</summary>
    [OverloadResolutionPriority(1)]
    public void UnionWith(ReadOnlySpan<long> ids)
    {
        ThrowIfAnyNegative(ids);
        _version++;
        var next = 0;
        for (; next < ids.Length && _many is null; next++)
        {
            Add(ids[next]);
        }

        _many?.UnionWith(ids[next..]);
    }

    /// <summary>Removes every id that is in the set, in any order. If one is negative, removes none.</summary>
    public void ExceptWith(ReadOnlySpan<long> ids)
    {
        ThrowIfAnyNegative(ids);
        _version++;
        if (_many is not null)
        {
            _many.ExceptWith(ids);
            return;
        }

        foreach (var id in ids)
        {
            _few.Remove(id);
        }
    }

    /// <summary>Whether every id is in the set; true for no ids.</summary>
    public bool ContainsAll(ReadOnlySpan<long> ids)
    {
        ThrowIfAnyNegative(ids);
        if (_many is not null)
        {
            return _many.ContainsAll(ids);
        }

        foreach (var id in ids)
        {
            if (!_few.Contains(id))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>An independent copy without spare capacity.</summary>
    public ArtworkSet Clone() => _many is null ? new ArtworkSet(_few.Clone()) : new ArtworkSet(_many.Clone());

    /// <summary>
    /// The set as bytes: a version, the containers in ascending order, each in the shortest of four encodings, and a CRC-32 of all before it.
    /// At most 2 bytes an id and a few a container; an empty set takes 6 bytes.
    /// </summary>
    public byte[] ToBytes() => ArtworkSetCodec.Encode(_many ?? _few.ToMany(isGathering: false));

    /// <summary>The ids in ascending order.</summary>
    /// <exception cref="InvalidOperationException">While enumerating, if the set has changed.</exception>
    public IEnumerator<long> GetEnumerator()
    {
        var version = _version;
        foreach (var id in _many?.Ids() ?? _few.Ids())
        {
            yield return id;
            if (version != _version)
            {
                throw new InvalidOperationException("The set was changed while it was enumerated.");
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static void ThrowIfAnyNegative(ReadOnlySpan<long> ids)
    {
        foreach (var id in ids)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(ids));
        }
    }

    private ContainerDirectory Many()
    {
        if (_many is null)
        {
            (_many, _few) = (_few.ToMany(_isGathering), default);
        }

        return _many;
    }
}
