namespace ArtFresh.Freshness;

/// <summary>
/// A few scattered ids below 2^32 in one array: the number of keys, the keys (ids without their low 16 bits) in ascending order, the
/// offsets of each key's low bits and of their end, then all low bits. Two bytes an id and four a key; containers take some 70 a key.
/// </summary>
internal struct FewIds
{
    /// <summary>Above this count, ids that form runs would take too much memory here; containers compress runs.</summary>
    public const int CountMax = 256;

    /// <summary>Initial capacity.</summary>
    private const int PartsMin = 8;

    private static readonly ushort[] None = [0, 0];

    private ushort[]? _parts;

    private FewIds(ushort[] parts) => _parts = parts;

    public readonly int Count => Parts[StartsAt + KeyCount];

    public readonly int MemoryBytes => _parts is null ? 0 : Container.ArrayHeaderBytes + (_parts.Length * sizeof(ushort));

    private readonly ushort[] Parts => _parts ?? None;

    private readonly int KeyCount => Parts[0];

    private readonly int StartsAt => 1 + KeyCount;

    private readonly int LowsAt => LowsAfter(KeyCount);

    private readonly int Used => LowsAt + Count;

    private readonly ReadOnlySpan<ushort> Keys => Parts.AsSpan(1, KeyCount);

    /// <summary>The same ids without spare capacity; null if they are too many or too high, or if this form is not smaller.</summary>
    public static FewIds? From(ContainerDirectory many)
    {
        var keyCount = many.ContainerCount;
        if (keyCount == 0)
        {
            return default(FewIds);
        }

        if (many.IdCount > CountMax || many.KeyAt(keyCount - 1) > ushort.MaxValue)
        {
            return null;
        }

        var few = new FewIds(new ushort[LowsAfter(keyCount) + many.IdCount]);
        if (few.MemoryBytes >= many.MemoryBytes)
        {
            return null;
        }

        few.Fill(many);
        return few;
    }

    public readonly bool Contains(long id)
    {
        var group = GroupOf(id);
        return group >= 0 && LowsOf(group).Contains((ushort)id);
    }

    /// <summary>Adds one id; true if it was new. The caller keeps the count within <see cref="CountMax"/>.</summary>
    public bool Add(uint id)
    {
        var group = GroupOf(id);
        if (group < 0)
        {
            group = InsertKey((ushort)(id >> ContainerDirectory.KeyShift));
        }

        var at = LowsOf(group).BinarySearch((ushort)id);
        if (at >= 0)
        {
            return false;
        }

        Insert(LowsAt + Parts[StartsAt + group] + ~at, (ushort)id, Used);
        MoveStartsAfter(group, 1);
        return true;
    }

    /// <summary>Removes one id; true if it was there.</summary>
    public bool Remove(long id)
    {
        var group = GroupOf(id);
        var at = group < 0 ? -1 : LowsOf(group).IndexOf((ushort)id);
        if (at < 0)
        {
            return false;
        }

        RemoveAt(LowsAt + Parts[StartsAt + group] + at, Used);
        MoveStartsAfter(group, ushort.MaxValue);
        if (LowsOf(group).IsEmpty)
        {
            RemoveKey(group);
        }

        return true;
    }

    /// <summary>An independent copy without spare capacity.</summary>
    public readonly FewIds Clone() => KeyCount == 0 ? default : new FewIds(Parts[..Used]);

    /// <summary>The same ids in containers.</summary>
    public readonly ContainerDirectory ToMany(bool isGathering)
    {
        var many = new ContainerDirectory(KeyCount, isGathering);
        for (var group = 0; group < KeyCount; group++)
        {
            var lows = LowsOf(group);
            many.Append(Keys[group], new ArrayContainer(lows.ToArray(), lows.Length).Fitted());
        }

        return many;
    }

    /// <summary>The ids in ascending order.</summary>
    public readonly IEnumerable<long> Ids()
    {
        for (var group = 0; group < KeyCount; group++)
        {
            for (var i = 0; i < LowsOf(group).Length; i++)
            {
                yield return ((long)Keys[group] << ContainerDirectory.KeyShift) | LowsOf(group)[i];
            }
        }
    }

    private static int LowsAfter(int keyCount) => 2 + (2 * keyCount);

    /// <summary>Index of the id's key; -1 if there is none.</summary>
    private readonly int GroupOf(long id) => id <= uint.MaxValue ? Keys.IndexOf((ushort)(id >> ContainerDirectory.KeyShift)) : -1;

    private readonly ReadOnlySpan<ushort> LowsOf(int group)
    {
        var parts = Parts;
        var start = parts[StartsAt + group];
        return parts.AsSpan(LowsAt + start, parts[StartsAt + group + 1] - start);
    }

    private readonly void Fill(ContainerDirectory many)
    {
        var parts = Parts;
        parts[0] = (ushort)many.ContainerCount;
        var at = LowsAt;
        for (var group = 0; group < KeyCount; group++)
        {
            parts[1 + group] = (ushort)many.KeyAt(group);
            var cursor = 0;
            while (many.ContainerAt(group).NextRun(ref cursor, out var first, out var last))
            {
                for (var value = first; value <= last; value++)
                {
                    parts[at++] = (ushort)value;
                }
            }

            parts[StartsAt + group + 1] = (ushort)(at - LowsAt);
        }
    }

    /// <summary>Inserts an empty group; the caller adds its ids.</summary>
    private int InsertKey(ushort key)
    {
        _parts ??= new ushort[PartsMin];
        var group = ~Keys.BinarySearch(key);
        var (startAt, used) = (StartsAt + group, Used);
        Insert(startAt, _parts[startAt], used);
        Insert(1 + group, key, used + 1);
        _parts[0]++;
        return group;
    }

    private void RemoveKey(int group)
    {
        if (KeyCount == 1)
        {
            _parts = null;
            return;
        }

        var used = Used;
        RemoveAt(StartsAt + group, used);
        RemoveAt(1 + group, used - 1);
        Parts[0]--;
    }

    private readonly void MoveStartsAfter(int group, ushort by) => Offsets.Move(Parts.AsSpan((StartsAt + group + 1)..LowsAt), by);

    private void Insert(int at, ushort part, int used)
    {
        if (used == Parts.Length)
        {
            Array.Resize(ref _parts, used + (used / 2));
        }

        var parts = Parts;
        parts.AsSpan(at..used).CopyTo(parts.AsSpan(at + 1));
        parts[at] = part;
    }

    private readonly void RemoveAt(int at, int used) => Parts.AsSpan((at + 1)..used).CopyTo(Parts.AsSpan(at));
}
