namespace ArtFresh.Freshness;

/// <summary>Steps through packed impressions without allocating. <see cref="PackedImpressions.Read"/> creates it.</summary>
public ref struct PackedImpressionReader
{
    private readonly ReadOnlySpan<byte> _outcomes;
    private ByteReader _numbers;
    private IdColumn.Reader _ids;
    private int _runsLeft;
    private int _runLeft;
    private int _position;
    private long _number;

    internal PackedImpressionReader(ReadOnlySpan<byte> packed)
    {
        var reader = ByteReader.Open(packed, PackedImpressions.Version, PackedImpressions.Subject);
        Count = reader.Count();
        var header = reader.Byte();
        if (Count > 0)
        {
            _runsLeft = reader.Count() + 1;
            _numbers = reader;
            SkipNumbers(ref reader, Count, _runsLeft);
            if ((header & PackedImpressions.HasOutcomes) != 0)
            {
                _outcomes = reader.Bytes((int)((Count + 3L) / 4));
                if (Count % 4 != 0 && _outcomes[^1] >> (Count % 4 * 2) != 0)
                {
                    throw reader.Invalid("the bits after the last outcome are not zero");
                }
            }
        }

        _ids = new IdColumn.Reader(reader, (byte)(header & ~PackedImpressions.HasOutcomes), Count);
        _number = 1;
    }

    /// <summary>Number of impressions.</summary>
    public int Count { get; }

    /// <summary>The current impression.</summary>
    public PackedImpression Current { get; private set; }

    /// <summary>Returns this reader, for foreach.</summary>
    public readonly PackedImpressionReader GetEnumerator() => this;

    /// <summary>Moves to the next impression; false after the last.</summary>
    /// <exception cref="InvalidDataException">The bytes were forged.</exception>
    public bool MoveNext()
    {
        if (!_ids.MoveNext())
        {
            return false;
        }

        if (_runLeft == 0)
        {
            NextRun();
        }

        var outcome = _outcomes.IsEmpty ? 0 : _outcomes[_position / 4] >> (_position % 4 * 2) & 3;
        Current = new PackedImpression(_number, _ids.Current, (ImpressionOutcome)outcome);
        _position++;
        _runLeft--;
        _number = _number == long.MaxValue ? _number : _number + 1;
        return true;
    }

    private void NextRun()
    {
        _runsLeft--;
        _number = _numbers.Offset(_number);
        _runLeft = _runsLeft > 0 ? _numbers.Count() + 1 : Count - _position;
    }

    /// <summary>Moves the reader past the numbers. Checks that their runs add up to the count and that no number exceeds 63 bits.</summary>
    private static void SkipNumbers(ref ByteReader reader, int count, int runs)
    {
        if (runs > count)
        {
            throw reader.Invalid($"{count} numbers cannot lie in {runs} runs");
        }

        var (number, left) = (1L, (long)count);
        for (; runs > 0; runs--)
        {
            number = reader.Offset(number);
            var length = runs > 1 ? reader.Count() + 1L : left;
            left -= length;
            if (left < runs - 1 || number > long.MaxValue - length + 1)
            {
                throw reader.Invalid("the runs of numbers do not add up");
            }

            number += length - 1;
            number = number == long.MaxValue ? number : number + 1;
        }
    }
}
