namespace ArtFresh.Freshness;

/// <summary>
/// The low 16 bits of the ids of one key of an <see cref="ArtworkSet"/>, in one of four forms: sorted array, sorted low bytes, bitmap or runs.
/// Values are ints in [0, 65535]. The span of 2^16 and all forms but the low bytes are those of Roaring bitmaps (Lemire et al., 2016).
/// </summary>
internal abstract class Container
{
    public const int Span = 1 << 16;
    public const int ArrayCountMax = 1024;
    public const int BitmapBytes = Span / 8;
    protected const int ObjectBytes = 24;
    public const int ArrayHeaderBytes = 24;

    /// <summary>Number of values, 0 to 65536.</summary>
    public int Count { get; protected set; }

    /// <summary>Number of maximal runs of consecutive values. Every form keeps it current, so that choosing a form needs no counting.</summary>
    public int RunCount { get; protected set; }

    public abstract int MemoryBytes { get; }

    /// <summary>Size of the values as an array or as low bytes, whichever is smaller.</summary>
    protected int ScatteredBytes => Math.Min(Count * 2, Count + ByteContainer.FixedBytes);

    public abstract bool Contains(int value);

    /// <summary>Adds one value; true if it was new. The caller then replaces the container by <see cref="Fitted"/>.</summary>
    public abstract bool Add(int value);

    /// <summary>Removes one value; true if it was there.</summary>
    public abstract bool Remove(int value);

    /// <summary>Adds first..last inclusive; returns how many were new. The caller then replaces the container by <see cref="Fitted"/>.</summary>
    public abstract int AddRange(int first, int last);

    /// <summary>Steps through the runs in ascending order. The cursor starts at 0; each form encodes its position in its own way.</summary>
    public abstract bool NextRun(ref int cursor, out int first, out int last);

    /// <summary>Sets the bit of each value in 1024 words.</summary>
    public abstract void OrInto(Span<ulong> words);

    /// <summary>A copy without spare capacity.</summary>
    public abstract Container Clone();

    /// <summary>
    /// This container, or the same values in a form that is clearly smaller. The thresholds for growing and shrinking differ
    /// by a factor of two, so that a set at a threshold does not convert on every change.
    /// </summary>
    public abstract Container Fitted();

    /// <summary>A container with the values first..last.</summary>
    public static Container OfRange(int first, int last)
    {
        if (first == last)
        {
            return new ArrayContainer([(ushort)first], 1);
        }

        var runs = new RunContainer(1);
        runs.AddRange(first, last);
        return runs;
    }

    /// <summary>Adds a range, after converting to a form that adds many values at once.</summary>
    public static Container WithRange(Container container, int first, int last, out int added)
    {
        if (container is ByteContainer)
        {
            container = BitmapContainer.From(container);
        }
        else if (container is ArrayContainer && container.Count + last - first >= ArrayCountMax)
        {
            container = RunContainer.From(container);
        }

        added = container.AddRange(first, last);
        return container.Fitted();
    }

    /// <summary>The union of both; <paramref name="mine"/> may be changed and returned, <paramref name="theirs"/> never is.</summary>
    public static Container Union(Container mine, Container theirs)
    {
        const int RunsWorthMerging = 16;
        if (theirs.RunCount > RunsWorthMerging)
        {
            return BitmapContainer.UnionOf(mine, theirs);
        }

        var cursor = 0;
        while (theirs.NextRun(ref cursor, out var first, out var last))
        {
            mine = WithRange(mine, first, last, out _);
        }

        return mine;
    }

    /// <summary>The values of <paramref name="source"/> in the form that takes the least memory.</summary>
    public static Container Smallest(Container source)
    {
        if (source.RunCount * 4 <= Math.Min(source.ScatteredBytes, BitmapBytes))
        {
            return RunContainer.From(source);
        }

        return source.Count > ByteContainer.ValueCountMax ? BitmapContainer.From(source)
            : source.Count <= ByteContainer.FixedBytes ? ArrayContainer.From(source)
            : ByteContainer.From(source);
    }
}
