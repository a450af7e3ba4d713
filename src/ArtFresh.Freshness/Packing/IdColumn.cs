using System.Buffers.Binary;
using System.Numerics;

namespace ArtFresh.Freshness;

/// <summary>
/// A column of ids in a given order, in the shorter of two encodings: zig-zag varints of the difference from the id before
/// (0 before the first), or frame of reference (the least id as a varint, then each id minus the least in a fixed number of bits, lowest first).
/// A one-byte header selects the encoding: 0 for differences, or the width in bits, 1 to 56.
/// </summary>
internal static class IdColumn
{
    public const byte Deltas = 0;

    // A value of 56 bits fits into one 64-bit word wherever in a byte it begins.
    public const int WidthMax = 56;

    /// <summary>The header of the shorter encoding. Ids must be 0 or more.</summary>
    public static byte HeaderOf(ReadOnlySpan<long> ids)
    {
        long least = long.MaxValue, most = 0, previous = 0, deltaBytes = 0;
        foreach (var id in ids)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(ids));
            (least, most) = (Math.Min(least, id), Math.Max(most, id));
            deltaBytes += ByteWriter.VarintSize(ByteWriter.ZigZag(id - previous));
            previous = id;
        }

        if (ids.IsEmpty)
        {
            return Deltas;
        }

        var width = BitOperations.Log2((ulong)(most - least) | 1) + 1;
        var packedBytes = ByteWriter.VarintSize((ulong)least) + PackedBytes(ids.Length, width);
        return width <= WidthMax && packedBytes < deltaBytes ? (byte)width : Deltas;
    }

    public static void Write(ref ByteWriter writer, byte header, ReadOnlySpan<long> ids)
    {
        if (header == Deltas)
        {
            var previous = 0L;
            foreach (var id in ids)
            {
                writer.Varint(ByteWriter.ZigZag(id - previous));
                previous = id;
            }

            return;
        }

        var least = long.MaxValue;
        foreach (var id in ids)
        {
            least = Math.Min(least, id);
        }

        writer.Varint((ulong)least);
        var (pending, pendingBits) = (0UL, 0);
        foreach (var id in ids)
        {
            pending |= (ulong)(id - least) << pendingBits;
            for (pendingBits += header; pendingBits >= 8; pendingBits -= 8)
            {
                writer.Byte((byte)pending);
                pending >>= 8;
            }
        }

        if (pendingBits > 0)
        {
            writer.Byte((byte)pending);
        }
    }

    /// <summary>Size in bytes of a number of values of a given width.</summary>
    private static long PackedBytes(int count, int width) => (((long)count * width) + 7) / 8;

    /// <summary>Steps through a column that extends to the end of a reader, without allocating.</summary>
    internal ref struct Reader
    {
        private readonly ReadOnlySpan<byte> _packed;
        private readonly int _width;
        private readonly long _least;
        private ByteReader _reader;
        private int _left;
        private long _bit;

        /// <exception cref="InvalidDataException">The column cannot hold <paramref name="count"/> ids, or has more bytes than they need.</exception>
        public Reader(ByteReader reader, byte header, int count)
        {
            _left = count;
            _width = header;
            if (header > WidthMax)
            {
                throw reader.Invalid($"ids of {header} bits are not written");
            }

            if (header != Deltas)
            {
                _least = reader.Id();
                if (reader.Remaining != PackedBytes(count, header))
                {
                    throw reader.Invalid($"{count} ids of {header} bits do not take {reader.Remaining} bytes");
                }

                _packed = reader.Bytes(reader.Remaining);
            }
            else if (reader.Remaining < count)
            {
                throw reader.Invalid($"{count} ids cannot lie in {reader.Remaining} bytes");
            }

            _reader = reader;
        }

        public long Current { get; private set; }

        /// <summary>Reads the next id; false after the last one, if the column ends there.</summary>
        public bool MoveNext()
        {
            if (_left == 0)
            {
                if (_width != 0)
                {
                    ExpectPadding();
                }

                _reader.ExpectEnd();
                return false;
            }

            _left--;
            Current = _width == 0 ? _reader.Offset(Current) : _least + NextPacked();
            return Current >= 0 ? true : throw _reader.Invalid("an id is over 63 bits");
        }

        private long NextPacked()
        {
            var bytes = _packed[(int)(_bit >> 3)..];
            ulong word;
            if (bytes.Length >= sizeof(ulong))
            {
                word = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            }
            else
            {
                Span<byte> padded = stackalloc byte[sizeof(ulong)];
                padded.Clear();
                bytes.CopyTo(padded);
                word = BinaryPrimitives.ReadUInt64LittleEndian(padded);
            }

            var value = (word >> (int)(_bit & 7)) & ((1UL << _width) - 1);
            _bit += _width;
            return (long)value;
        }

        private readonly void ExpectPadding()
        {
            if ((_bit & 7) != 0 && _packed[^1] >> (int)(_bit & 7) != 0)
            {
                throw _reader.Invalid("the bits after the last id are not zero");
            }
        }
    }
}
