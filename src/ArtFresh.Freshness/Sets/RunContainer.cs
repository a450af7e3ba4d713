namespace ArtFresh.Freshness;

/// <summary>Values as sorted runs of consecutive ones, four bytes a run: the form for blocks served in order.</summary>
internal sealed class RunContainer : Container
{
    private Run[] _runs;

    public RunContainer(int capacity) => _runs = new Run[capacity];

    private readonly record struct Run(ushort First, ushort Last)
    {
        public int Length => Last - First + 1;
    }

    public override int MemoryBytes => ObjectBytes + 8 + ArrayHeaderBytes + (_runs.Length * 4);

    public static RunContainer From(Container source)
    {
        var runs = new RunContainer(source.RunCount);
        var cursor = 0;
        while (source.NextRun(ref cursor, out var first, out var last))
        {
            runs.Append(first, last);
        }

        return runs;
    }

    /// <summary>Adds a run that begins at least two after the last value.</summary>
    public void Append(int first, int last)
    {
        Replace(RunCount, 0, new Run((ushort)first, (ushort)last));
        Count += last - first + 1;
    }

    public override bool Contains(int value)
    {
        var at = FirstEndingAtOrAfter(value);
        return at < RunCount && _runs[at].First <= value;
    }

    public override bool Add(int value) => AddRange(value, value) == 1;

    public override bool Remove(int value)
    {
        var at = FirstEndingAtOrAfter(value);
        if (at == RunCount || _runs[at].First > value)
        {
            return false;
        }

        var run = _runs[at];
        if (run.Length == 1)
        {
            _runs.AsSpan((at + 1)..RunCount).CopyTo(_runs.AsSpan(at));
            RunCount--;
        }
        else if (run.First == value)
        {
            _runs[at] = run with { First = (ushort)(value + 1) };
        }
        else
        {
            _runs[at] = run with { Last = (ushort)(value - 1) };
            if (run.Last != value)
            {
                Replace(at + 1, 0, run with { First = (ushort)(value + 1) });
            }
        }

        Count--;
        return true;
    }

    public override int AddRange(int first, int last)
    {
        // One before and one after, so that runs adjacent to the range are merged into it.
        var from = FirstEndingAtOrAfter(first - 1);
        var end = from;
        var held = 0;
        var merged = new Run((ushort)first, (ushort)last);
        while (end < RunCount && _runs[end].First <= last + 1)
        {
            var run = _runs[end++];
            held += run.Length;
            merged = new Run(Math.Min(merged.First, run.First), Math.Max(merged.Last, run.Last));
        }

        Replace(from, end - from, merged);
        var added = merged.Length - held;
        Count += added;
        return added;
    }

    public override bool NextRun(ref int cursor, out int first, out int last)
    {
        if (cursor >= RunCount)
        {
            first = last = 0;
            return false;
        }

        (first, last) = (_runs[cursor].First, _runs[cursor].Last);
        cursor++;
        return true;
    }

    public override void OrInto(Span<ulong> words)
    {
        foreach (var run in _runs.AsSpan(0, RunCount))
        {
            BitmapContainer.SetRange(words, run.First, run.Last);
        }
    }

    public override Container Clone() => From(this);

    public override Container Fitted() => RunCount * 4 > Math.Min(ScatteredBytes, BitmapBytes) ? Smallest(this) : this;

    /// <summary>The index of the first run whose last value is at least <paramref name="value"/>, or RunCount if there is none.</summary>
    private int FirstEndingAtOrAfter(int value)
    {
        int low = 0, high = RunCount;
        if (high > 0 && _runs[high - 1].Last < value)
        {
            return high;
        }

        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_runs[middle].Last < value)
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

    private void Replace(int at, int replaced, Run run)
    {
        var count = RunCount + 1 - replaced;
        if (count > _runs.Length)
        {
            Array.Resize(ref _runs, _runs.Length + (_runs.Length / 2) + 1);
        }

        if (replaced != 1)
        {
            _runs.AsSpan((at + replaced)..RunCount).CopyTo(_runs.AsSpan(at + 1));
        }

        _runs[at] = run;
        RunCount = count;
    }
}
