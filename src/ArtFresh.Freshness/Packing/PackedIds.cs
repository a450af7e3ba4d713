namespace ArtFresh.Freshness;

/// <summary>
/// Artwork ids as bytes, in the order given: version 1, varint count, a column header and the column (the shorter of zig-zag
/// delta varints and bits over the least id), CRC-32. Fifty random ids of 200,000 take 2.5 bytes each.
/// </summary>
public static class PackedIds
{
    private const byte Version = 1;

    /// <summary>Packs ids, in any order; an id may repeat.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is negative.</exception>
    public static byte[] Pack(ReadOnlySpan<long> ids)
    {
        var header = IdColumn.HeaderOf(ids);
        var writer = new ByteWriter(stackalloc byte[512]);
        writer.Byte(Version);
        writer.Varint((ulong)ids.Length);
        writer.Byte(header);
        IdColumn.Write(ref writer, header, ids);
        return writer.Sealed();
    }

    /// <summary>Reads the output of <see cref="Pack"/>. Allocates at most eight ids for each byte of input, even if the bytes are forged.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged, cut short, too long or of another version; the message says which.</exception>
    public static long[] Unpack(ReadOnlySpan<byte> packed)
    {
        var reader = ByteReader.Open(packed, Version, "packed ids");
        var count = reader.Count();
        var header = reader.Byte();
        var column = new IdColumn.Reader(reader, header, count);
        var ids = new long[count];
        for (var i = 0; column.MoveNext(); i++)
        {
            ids[i] = column.Current;
        }

        return ids;
    }
}
