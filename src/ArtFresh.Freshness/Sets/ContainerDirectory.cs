namespace ArtFresh.Freshness;

/// <summary>The containers of an <see cref="ArtworkSet"/> in ascending order of their key, which is the id without its low 16 bits.</summary>
internal sealed class ContainerDirectory
{
    public const int KeyShift = 16;
    private const int LowMask = Container.Span - 1;

    /// <summary>A gathering set converts an array with more values to a bitmap, which is faster to fill.</summary>
    private const int GatheredArrayMax = 256;

    private readonly bool _isGathering;
    private long[] _keys;
    private Container[] _containers;
    private int _recent;

    /// <param name="capacity">Initial capacity in containers.</param>
    /// <param name="isGathering">Optimizes for adding ids quickly rather than for memory.</param>
    public ContainerDirectory(int capacity, bool isGathering = false)
    {
        _isGathering = isGathering;
        _keys = new long[capacity];
        _containers = new Container[capacity];
    }

    public long IdCount { get; private set; }

    public int ContainerCount { get; private set; }

    public long MemoryBytes
    {
        get
        {
            var bytes = 96L + (_keys.Length * 16L);
            for (var i = 0; i < ContainerCount; i++)
            {
                bytes += _containers[i].MemoryBytes;
            }

            return bytes;
        }
    }

    public long KeyAt(int index) => _keys[index];

    public Container ContainerAt(int index) => _containers[index];

    /// <summary>Adds a container with a key above all others.</summary>
    public void Append(long key, Container container)
    {
        Insert(ContainerCount, key, container);
        IdCount += container.Count;
    }

    public bool Contains(long id)
    {
        var at = IndexOf(id >> KeyShift);
        return at >= 0 && _containers[at].Contains((int)(id & LowMask));
    }

    public bool Add(long id)
    {
        var (key, low) = (id >> KeyShift, (int)(id & LowMask));
        var at = IndexOf(key);
        if (at < 0)
        {
            Insert(~at, key, Container.OfRange(low, low));
        }
        else if (_containers[at].Add(low))
        {
            _containers[at] = AfterAdd(_containers[at]);
        }
        else
        {
            return false;
        }

        IdCount++;
        return true;
    }

    public bool Remove(long id)
    {
        var at = IndexOf(id >> KeyShift);
        if (at < 0)
        {
            return false;
        }

        var before = IdCount;
        Remove(at, [id]);
        return IdCount < before;
    }

    public long AddRange(long first, long last)
    {
        var before = IdCount;
        for (var key = first >> KeyShift; key <= last >> KeyShift; key++)
        {
            var from = key == first >> KeyShift ? (int)(first & LowMask) : 0;
            var to = key == last >> KeyShift ? (int)(last & LowMask) : LowMask;
            var at = IndexOf(key);
            if (at < 0)
            {
                Insert(~at, key, Container.OfRange(from, to));
                IdCount += to - from + 1;
            }
            else
            {
                _containers[at] = Container.WithRange(_containers[at], from, to, out var added);
                IdCount += added;
            }
        }

        return IdCount - before;
    }

    public void UnionWith(ContainerDirectory other)
    {
        for (var i = 0; i < other.ContainerCount; i++)
        {
            var theirs = other._containers[i];
            var at = IndexOf(other._keys[i]);
            if (at < 0)
            {
                Insert(~at, other._keys[i], theirs.Clone());
                IdCount += theirs.Count;
                continue;
            }

            IdCount -= _containers[at].Count;
            _containers[at] = Container.Union(_containers[at], theirs);
            IdCount += _containers[at].Count;
        }
    }

    /// <summary>Adds every id, in any order. Searches the container once for consecutive ids of the same container.</summary>
    public void UnionWith(ReadOnlySpan<long> ids)
    {
        for (var next = 0; next < ids.Length;)
        {
            var key = ids[next] >> KeyShift;
            var at = IndexOf(key);
            if (at < 0)
            {
                var low = (int)(ids[next++] & LowMask);
                at = ~at;
                Insert(at, key, Container.OfRange(low, low));
                IdCount++;
            }

            var container = _containers[at];
            for (; next < ids.Length && ids[next] >> KeyShift == key; next++)
            {
                if (container.Add((int)(ids[next] & LowMask)))
                {
                    IdCount++;
                    container = AfterAdd(container);
                }
            }

            _containers[at] = container;
        }
    }

    /// <summary>Removes every id that is in the set; otherwise as <see cref="UnionWith(ReadOnlySpan{long})"/>.</summary>
    public void ExceptWith(ReadOnlySpan<long> ids)
    {
        for (int next = 0, end; next < ids.Length; next = end)
        {
            var key = ids[next] >> KeyShift;
            for (end = next + 1; end < ids.Length && ids[end] >> KeyShift == key; end++)
            {
            }

            var at = IndexOf(key);
            if (at >= 0)
            {
                Remove(at, ids[next..end]);
            }
        }
    }

    /// <summary>Whether every id is in the set.</summary>
    public bool ContainsAll(ReadOnlySpan<long> ids)
    {
        var (key, container) = (-1L, default(Container));
        foreach (var id in ids)
        {
            if (container is null || id >> KeyShift != key)
            {
                key = id >> KeyShift;
                var at = IndexOf(key);
                if (at < 0)
                {
                    return false;
                }

                container = _containers[at];
            }

            if (!container.Contains((int)(id & LowMask)))
            {
                return false;
            }
        }

        return true;
    }

    public ContainerDirectory Clone()
    {
        var clone = new ContainerDirectory(ContainerCount);
        for (var i = 0; i < ContainerCount; i++)
        {
            clone.Append(_keys[i], _isGathering ? Container.Smallest(_containers[i]) : _containers[i].Clone());
        }

        return clone;
    }

    public IEnumerable<long> Ids()
    {
        for (var i = 0; i < ContainerCount; i++)
        {
            var origin = _keys[i] << KeyShift;
            var cursor = 0;
            while (_containers[i].NextRun(ref cursor, out var first, out var last))
            {
                for (var value = first; value <= last; value++)
                {
                    yield return origin + value;
                }
            }
        }
    }

    private void Remove(int at, ReadOnlySpan<long> ids)
    {
        var container = _containers[at];
        foreach (var id in ids)
        {
            if (container.Remove((int)(id & LowMask)))
            {
                IdCount--;
                if (container.Count == 0)
                {
                    RemoveAt(at);
                    return;
                }

                container = _isGathering ? container : container.Fitted();
            }
        }

        _containers[at] = container;
    }

    private Container AfterAdd(Container container) => !_isGathering ? container.Fitted()
        : container is BitmapContainer || container.Count <= GatheredArrayMax ? container : BitmapContainer.From(container);

    private int IndexOf(long key)
    {
        // Ids cluster: try the container of the last call first, and then the end, where ids added in order go.
        var recent = _recent;
        if (recent < ContainerCount && _keys[recent] == key)
        {
            return recent;
        }

        if (ContainerCount == 0 || _keys[ContainerCount - 1] < key)
        {
            return ~ContainerCount;
        }

        var at = Array.BinarySearch(_keys, 0, ContainerCount, key);
        if (at >= 0)
        {
            _recent = at;
        }

        return at;
    }

    private void Insert(int at, long key, Container container)
    {
        if (ContainerCount == _keys.Length)
        {
            var capacity = _keys.Length + (_keys.Length / 2) + 1;
            Array.Resize(ref _keys, capacity);
            Array.Resize(ref _containers, capacity);
        }

        Array.Copy(_keys, at, _keys, at + 1, ContainerCount - at);
        Array.Copy(_containers, at, _containers, at + 1, ContainerCount - at);
        _keys[at] = key;
        _containers[at] = container;
        ContainerCount++;
        _recent = at;
    }

    private void RemoveAt(int at)
    {
        ContainerCount--;
        Array.Copy(_keys, at + 1, _keys, at, ContainerCount - at);
        Array.Copy(_containers, at + 1, _containers, at, ContainerCount - at);
        _containers[ContainerCount] = null!;
    }
}
