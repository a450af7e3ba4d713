namespace ArtFresh.Freshness;

/// <summary>Up to 1024 values as a sorted array, two bytes each: the form for sparse, scattered ids.</summary>
internal sealed class ArrayContainer : Container
{
    private ushort[] _values;

    /// <summary>Wraps <paramref name="values"/> without copying. The first <paramref name="count"/> must be strictly ascending.</summary>
    public ArrayContainer(ushort[] values, int count)
    {
        _values = values;
        Count = count;
        RunCount = CountRuns(values.AsSpan(0, count));
    }

    private ArrayContainer(ushort[] values, int count, int runCount)
    {
        _values = values;
        Count = count;
        RunCount = runCount;
    }

    public ReadOnlySpan<ushort> Values => _values.AsSpan(0, Count);

    public override int MemoryBytes => ObjectBytes + 8 + ArrayHeaderBytes + (_values.Length * 2);

    public static ArrayContainer From(Container source)
    {
        var values = new ushort[source.Count];
        var count = 0;
        var cursor = 0;
        while (source.NextRun(ref cursor, out var first, out var last))
        {
            for (var value = first; value <= last; value++)
            {
                values[count++] = (ushort)value;
            }
        }

        return new ArrayContainer(values, count, source.RunCount);
    }

    public override bool Contains(int value)
    {
        var at = LowerBound(value);
        return at < Count && _values[at] == value;
    }

    public override bool Add(int value)
    {
        var at = LowerBound(value);
        if (at < Count && _values[at] == value)
        {
            return false;
        }

        var joinsLeft = at > 0 && _values[at - 1] == value - 1;
        var joinsRight = at < Count && _values[at] == value + 1;
        OpenGap(at, 1, 0);
        _values[at] = (ushort)value;
        RunCount += 1 - (joinsLeft ? 1 : 0) - (joinsRight ? 1 : 0);
        return true;
    }

    public override bool Remove(int value)
    {
        var at = LowerBound(value);
        if (at == Count || _values[at] != value)
        {
            return false;
        }

        var hadLeft = at > 0 && _values[at - 1] == value - 1;
        var hadRight = at + 1 < Count && _values[at + 1] == value + 1;
        _values.AsSpan(at + 1, Count - at - 1).CopyTo(_values.AsSpan(at));
        Count--;
        RunCount += (hadLeft ? 1 : 0) + (hadRight ? 1 : 0) - 1;
        return true;
    }

    public override int AddRange(int first, int last)
    {
        var touching = CountRuns(_values.AsSpan(LowerBound(first - 1)..LowerBound(last + 2)));
        var from = LowerBound(first);
        var held = LowerBound(last + 1) - from;
        var length = last - first + 1;
        OpenGap(from, length, held);
        for (var i = 0; i < length; i++)
        {
            _values[from + i] = (ushort)(first + i);
        }

        RunCount += 1 - touching;
        return length - held;
    }

    public override bool NextRun(ref int cursor, out int first, out int last)
    {
        if (cursor >= Count)
        {
            first = last = 0;
            return false;
        }

        first = last = _values[cursor++];
        while (cursor < Count && _values[cursor] == last + 1)
        {
            last = _values[cursor++];
        }

        return true;
    }

    public override void OrInto(Span<ulong> words)
    {
        foreach (var value in Values)
        {
            words[value >> 6] |= 1UL << value;
        }
    }

    public override Container Clone() => new ArrayContainer(Values.ToArray(), Count, RunCount);

    public override Container Fitted()
    {
        if (RunCount * 4 <= Count)
        {
            return RunContainer.From(this);
        }

        return Count > ArrayCountMax ? Smallest(this) : this;
    }

    private static int CountRuns(ReadOnlySpan<ushort> values)
    {
        var runs = values.IsEmpty ? 0 : 1;
        for (var i = 1; i < values.Length; i++)
        {
            runs += values[i] == values[i - 1] + 1 ? 0 : 1;
        }

        return runs;
    }

    /// <summary>The index of the first value that is at least <paramref name="value"/>, or Count if there is none.</summary>
    private int LowerBound(int value)
    {
        if (Count > 0 && _values[Count - 1] < value)
        {
            return Count;
        }

        int low = 0, high = Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_values[middle] < value)
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

    /// <summary>Makes room for <paramref name="length"/> values at <paramref name="at"/>, replacing <paramref name="replaced"/> values.</summary>
    private void OpenGap(int at, int length, int replaced)
    {
        var count = Count + length - replaced;
        if (count > _values.Length)
        {
            Array.Resize(ref _values, Math.Max(count, _values.Length + (_values.Length / 2) + 2));
        }

        _values.AsSpan((at + replaced)..Count).CopyTo(_values.AsSpan(at + length));
        Count = count;
    }
}
