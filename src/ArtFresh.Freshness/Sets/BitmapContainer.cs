using System.Numerics;

namespace ArtFresh.Freshness;

/// <summary>Values as 65536 bits: the form for dense, scattered ids.</summary>
internal sealed class BitmapContainer : Container
{
    public const int WordCount = Span / 64;

    [ThreadStatic]
    private static ulong[]? Scratch;

    private readonly ulong[] _words;

    /// <summary>Wraps 1024 words without copying.</summary>
    public BitmapContainer(ulong[] words)
    {
        _words = words;
        Recount();
    }

    private BitmapContainer(ulong[] words, int count, int runCount)
    {
        _words = words;
        Count = count;
        RunCount = runCount;
    }

    public ReadOnlySpan<ulong> Words => _words;

    public override int MemoryBytes => ObjectBytes + 8 + ArrayHeaderBytes + BitmapBytes;

    public static BitmapContainer From(Container source)
    {
        var words = new ulong[WordCount];
        source.OrInto(words);
        return new BitmapContainer(words, source.Count, source.RunCount);
    }

    /// <summary>The union of both in the smallest form. Uses one scratch bitmap a thread, so that only the result is allocated.</summary>
    public static Container UnionOf(Container one, Container other)
    {
        var words = Scratch ??= new ulong[WordCount];
        Array.Clear(words);
        one.OrInto(words);
        other.OrInto(words);
        return Smallest(new BitmapContainer(words));
    }

    public static void SetRange(Span<ulong> words, int first, int last)
    {
        var (firstWord, lastWord) = (first >> 6, last >> 6);
        var firstMask = ulong.MaxValue << first;
        var lastMask = ulong.MaxValue >> ~last;
        if (firstWord == lastWord)
        {
            words[firstWord] |= firstMask & lastMask;
            return;
        }

        words[firstWord] |= firstMask;
        words[(firstWord + 1)..lastWord].Fill(ulong.MaxValue);
        words[lastWord] |= lastMask;
    }

    public override bool Contains(int value) => (_words[value >> 6] >> value & 1) != 0;

    public override bool Add(int value)
    {
        if (Contains(value))
        {
            return false;
        }

        _words[value >> 6] |= 1UL << value;
        Count++;
        RunCount += 1 - Neighbours(value);
        return true;
    }

    public override bool Remove(int value)
    {
        if (!Contains(value))
        {
            return false;
        }

        _words[value >> 6] &= ~(1UL << value);
        Count--;
        RunCount += Neighbours(value) - 1;
        return true;
    }

    public override int AddRange(int first, int last)
    {
        var before = Count;
        SetRange(_words, first, last);
        Recount();
        return Count - before;
    }

    public override bool NextRun(ref int cursor, out int first, out int last)
    {
        first = NextBit(cursor, 0);
        cursor = NextBit(first, ulong.MaxValue);
        last = cursor - 1;
        return first < Span;
    }

    public override void OrInto(Span<ulong> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            words[i] |= _words[i];
        }
    }

    public override Container Clone() => new BitmapContainer([.. _words], Count, RunCount);

    public override Container Fitted() => Math.Min(RunCount * 4, ScatteredBytes) < BitmapBytes / 2 ? Smallest(this) : this;

    /// <summary>The first bit set at or after <paramref name="from"/> when each word is XORed with <paramref name="flip"/>; 65536 if there is none.</summary>
    private int NextBit(int from, ulong flip)
    {
        if (from >= Span)
        {
            return Span;
        }

        var at = from >> 6;
        var word = (_words[at] ^ flip) & (ulong.MaxValue << from);
        while (word == 0)
        {
            if (++at == WordCount)
            {
                return Span;
            }

            word = _words[at] ^ flip;
        }

        return (at << 6) + BitOperations.TrailingZeroCount(word);
    }

    private int Neighbours(int value) =>
        (value > 0 && Contains(value - 1) ? 1 : 0) + (value < Span - 1 && Contains(value + 1) ? 1 : 0);

    private void Recount()
    {
        int count = 0, runs = 0;
        var carry = 0UL;
        foreach (var word in _words)
        {
            count += BitOperations.PopCount(word);
            runs += BitOperations.PopCount(word & ~(word << 1 | carry));
            carry = word >> 63;
        }

        Count = count;
        RunCount = runs;
    }
}
