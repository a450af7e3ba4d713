using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ArtFresh.Ledger;

/// <summary>
/// The checksum of a row: the first 64 bits of the SHA-256 of its values, each with its kind and length. It finds what an accident changes. It finds what somebody changes on purpose where a
/// chain of them ends in a head that is kept elsewhere; else whoever writes the database can write the checksum too.
/// </summary>
public readonly ref struct RowChecksum
{
    // A row is packed on one thread, from its first value to its end.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? Buffer;

    private readonly ArrayBufferWriter<byte> _bytes;

    /// <param name="seed">The checksum of the row before it in a chain.</param>
    public RowChecksum(long seed)
    {
        _bytes = Buffer ??= new ArrayBufferWriter<byte>(1024);
        _bytes.ResetWrittenCount();
        Number(seed);
    }

    /// <summary>The checksum of a row outside of chains.</summary>
    /// <param name="values">Whole and real numbers, texts, bytes, ids and nulls.</param>
    public static long Of(string table, params ReadOnlySpan<object?> values)
    {
        var row = new RowChecksum(0).Text(table);
        foreach (var value in values)
        {
            _ = value switch
            {
                null => row.Null(),
                string text => row.Text(text),
                byte[] bytes => row.Bytes(bytes),
                Guid id => row.Id(id),
                double real => row.Number(BitConverter.DoubleToInt64Bits(real)),
                _ => row.Number(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)),
            };
        }

        // Room to add the row's number, which only the database knows, without an overflow.
        return row.End() >> 2;
    }

    public RowChecksum Number(long value)
    {
        Kind(1);
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.GetSpan(sizeof(long)), value);
        _bytes.Advance(sizeof(long));
        return this;
    }

    public RowChecksum Number(long? value) => value is { } number ? Number(number) : Null();

    public RowChecksum Text(string? value)
    {
        if (value is null)
        {
            return Null();
        }

        Kind(2);
        Length(Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, _bytes);
        return this;
    }

    public RowChecksum Bytes(byte[]? value)
    {
        if (value is null)
        {
            return Null();
        }

        Kind(3);
        Length(value.Length);
        _bytes.Write(value);
        return this;
    }

    public RowChecksum Id(Guid value)
    {
        Kind(4);
        value.TryWriteBytes(_bytes.GetSpan(16), bigEndian: true, out _);
        _bytes.Advance(16);
        return this;
    }

    /// <summary>The checksum of what was added.</summary>
    public long End()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_bytes.WrittenSpan, hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }

    private RowChecksum Null()
    {
        Kind(0);
        return this;
    }

    private void Kind(byte kind)
    {
        _bytes.GetSpan(1)[0] = kind;
        _bytes.Advance(1);
    }

    private void Length(int length)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.GetSpan(sizeof(int)), length);
        _bytes.Advance(sizeof(int));
    }
}
