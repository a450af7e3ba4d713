using System.Buffers.Binary;
using System.IO.Hashing;

namespace ArtFresh.Freshness;

/// <summary>Reads the output of <see cref="ByteWriter"/>. Throws for damage an <see cref="InvalidDataException"/> that names the subject and the position.</summary>
internal ref struct ByteReader
{
    private const int CountMax = int.MaxValue - (1 << 16);

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly string _subject;
    private int _position;

    private ByteReader(ReadOnlySpan<byte> bytes, string subject)
    {
        _bytes = bytes;
        _subject = subject;
        _position = 1;
    }

    /// <summary>Number of bytes left before the checksum.</summary>
    public readonly int Remaining => _bytes.Length - _position;

    /// <summary>Checks version and checksum, and moves past the version byte.</summary>
    public static ByteReader Open(ReadOnlySpan<byte> bytes, byte version, string subject)
    {
        var content = bytes[..Math.Max(0, bytes.Length - sizeof(uint))];
        var reader = new ByteReader(content, subject);
        if (content.IsEmpty)
        {
            throw reader.Invalid($"{bytes.Length} bytes are too few");
        }

        if (content[0] != version)
        {
            throw reader.Invalid($"version {content[0]} is not known; this program reads version {version}");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[content.Length..]) != Crc32.HashToUInt32(content))
        {
            throw reader.Invalid("the checksum does not match: the bytes are damaged or cut short");
        }

        return reader;
    }

    public byte Byte() => Bytes(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (count > Remaining)
        {
            throw Invalid($"{count} bytes were expected, {Remaining} are left");
        }

        _position += count;
        return _bytes.Slice(_position - count, count);
    }

    /// <summary>A varint in its shortest form.</summary>
    public ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            if (shift == 63 && next > 1)
            {
                break;
            }

            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return next == 0 && shift > 0 ? throw Invalid("a number has needless zeros") : value;
            }
        }

        throw Invalid("a number is over 64 bits");
    }

    /// <summary>A varint of at most 2^31 - 1 - 2^16, so that small sums with it stay ints.</summary>
    public int Count()
    {
        var value = Varint();
        return value <= CountMax ? (int)value : throw Invalid($"{value} is too large a count");
    }

    /// <summary>A varint of at most 63 bits.</summary>
    public long Id()
    {
        var value = Varint();
        return value <= long.MaxValue ? (long)value : throw Invalid("a number is over 63 bits");
    }

    /// <summary>A zig-zag varint added to <paramref name="origin"/>; the sum must be 0 or more.</summary>
    public long Offset(long origin)
    {
        var zigZag = Varint();
        var sum = (Int128)origin + ((long)(zigZag >> 1) ^ -(long)(zigZag & 1));
        return sum >= 0 && sum <= long.MaxValue ? (long)sum : throw Invalid("a number is below 0 or over 63 bits");
    }

    public readonly void ExpectEnd()
    {
        if (Remaining > 0)
        {
            throw Invalid($"{Remaining} bytes follow the end");
        }
    }

    public readonly InvalidDataException Invalid(string reason) => new($"Damaged {_subject} at byte {_position}: {reason}.");
}
