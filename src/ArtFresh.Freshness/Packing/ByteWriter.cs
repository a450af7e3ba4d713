using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;

namespace ArtFresh.Freshness;

/// <summary>Writes varints (unsigned LEB128) and little-endian numbers into a caller's scratch span, and into a heap array when that is full.</summary>
internal ref struct ByteWriter(Span<byte> scratch)
{
    private Span<byte> _buffer = scratch;
    private int _length;

    public static int VarintSize(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;

    public static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    public void Byte(byte value) => Next(1)[0] = value;

    public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Next(2), value);

    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Next(8), value);

    public void Zeros(int count) => Next(count).Clear();

    public void Varint(ulong value)
    {
        var span = Next(VarintSize(value));
        var at = 0;
        while (value >= 0x80)
        {
            span[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[at] = (byte)value;
    }

    /// <summary>The next <paramref name="count"/> bytes. The caller fills them before the next write.</summary>
    public Span<byte> Next(int count)
    {
        if (count > _buffer.Length - _length)
        {
            var grown = new byte[Math.Max(_buffer.Length * 2, _length + count)];
            _buffer[.._length].CopyTo(grown);
            _buffer = grown;
        }

        var next = _buffer.Slice(_length, count);
        _length += count;
        return next;
    }

    /// <summary>All bytes written and their CRC-32 (IEEE 802.3, little-endian), which detects every damage of up to 32 consecutive bits.</summary>
    public readonly byte[] Sealed()
    {
        var bytes = new byte[_length + sizeof(uint)];
        _buffer[.._length].CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(_length), Crc32.HashToUInt32(bytes.AsSpan(0, _length)));
        return bytes;
    }
}
