namespace ArtFresh.Freshness;

/// <summary>Views of one artwork.</summary>
/// <param name="Count">1 or more.</param>
/// <param name="LastViewedAtMs">The last of them, in Unix milliseconds.</param>
public readonly record struct CountedViews(long ArtworkId, int Count, long LastViewedAtMs);

/// <summary>
/// Views by artwork as bytes: version 1, varint count, varint Unix milliseconds of the latest view, then for each artwork by ascending id the varint distance from the id
/// before, less 1, and a varint of twice the milliseconds before the latest view, plus 1 where a varint count - 1 follows; CRC-32. 2,000 views of 100,000 artworks within a
/// second take 3 bytes each.
/// </summary>
public static class PackedViews
{
    private const byte Version = 1;

    /// <exception cref="ArgumentOutOfRangeException">An id or a time is negative, an id is not above the one before it, or a count is not positive.</exception>
    public static byte[] Pack(ReadOnlySpan<CountedViews> views)
    {
        var latest = 0L;
        foreach (var one in views)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(one.LastViewedAtMs, nameof(views));
            latest = Math.Max(latest, one.LastViewedAtMs);
        }

        var writer = new ByteWriter(stackalloc byte[1024]);
        writer.Byte(Version);
        writer.Varint((ulong)views.Length);
        writer.Varint((ulong)latest);
        var previous = -1L;
        foreach (var (artworkId, count, lastViewedAtMs) in views)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(artworkId, previous, nameof(views));
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count, nameof(views));
            writer.Varint((ulong)(artworkId - previous - 1));
            writer.Varint(((ulong)(latest - lastViewedAtMs) << 1) | (count > 1 ? 1UL : 0));
            if (count > 1)
            {
                writer.Varint((ulong)count - 1);
            }

            previous = artworkId;
        }

        return writer.Sealed();
    }

    /// <summary>Reads the output of <see cref="Pack"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged, cut short, too long or of another version; the message says which.</exception>
    public static CountedViews[] Unpack(ReadOnlySpan<byte> packed)
    {
        var reader = ByteReader.Open(packed, Version, "packed views");
        // Two bytes each, at least.
        var count = reader.Count();
        if (count > reader.Remaining / 2)
        {
            throw reader.Invalid($"{count} artworks do not fit");
        }

        var latest = reader.Id();
        var views = new CountedViews[count];
        var previous = -1L;
        foreach (ref var one in views.AsSpan())
        {
            var gap = reader.Id();
            var age = reader.Varint();
            one = new CountedViews(
                gap <= long.MaxValue - 1 - previous ? previous + 1 + gap : throw reader.Invalid("an id is over 63 bits"),
                (age & 1) == 0 ? 1 : reader.Count() + 1,
                (long)(age >> 1) <= latest ? latest - (long)(age >> 1) : throw reader.Invalid("a time is below 0"));
            previous = one.ArtworkId;
        }

        reader.ExpectEnd();
        return views;
    }
}
