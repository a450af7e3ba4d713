namespace ArtFresh.Freshness;

/// <summary>
/// The impressions of one batch as bytes, in the given order: version 1, varint count, a header, the numbers as runs, two bits per
/// outcome unless all are recorded, the artwork ids as a column, CRC-32. The header is that of the column, with bit 7 set when
/// outcomes follow. The runs are a varint count - 1, then for each run the zig-zag varint distance of its first number from the
/// expected one and, except for the last run, the varint length - 1. Fifty random ids of 200,000 in one run take 2.5 bytes each.
/// </summary>
public static class PackedImpressions
{
    internal const byte Version = 1;
    internal const byte HasOutcomes = 0x80;
    internal const string Subject = "packed impressions";

    /// <summary>Packs impressions, in any order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number or an id is negative, or an outcome is not one of the four that are stored.</exception>
    public static byte[] Pack(ReadOnlySpan<PackedImpression> impressions)
    {
        var ids = impressions.Length <= 256 ? stackalloc long[impressions.Length] : new long[impressions.Length];
        var hasOutcomes = false;
        for (var i = 0; i < impressions.Length; i++)
        {
            ids[i] = impressions[i].ArtworkId;
            ArgumentOutOfRangeException.ThrowIfNegative(impressions[i].Number, nameof(impressions));
            ArgumentOutOfRangeException.ThrowIfGreaterThan((byte)impressions[i].Outcome, (byte)ImpressionOutcome.Unknown, nameof(impressions));
            hasOutcomes |= impressions[i].Outcome != ImpressionOutcome.Recorded;
        }

        var header = IdColumn.HeaderOf(ids);
        var writer = new ByteWriter(stackalloc byte[1024]);
        writer.Byte(Version);
        writer.Varint((ulong)impressions.Length);
        writer.Byte((byte)(header | (hasOutcomes ? HasOutcomes : 0)));
        if (!impressions.IsEmpty)
        {
            WriteNumbers(ref writer, impressions);
            if (hasOutcomes)
            {
                WriteOutcomes(ref writer, impressions);
            }

            IdColumn.Write(ref writer, header, ids);
        }

        return writer.Sealed();
    }

    /// <summary>Reads the output of <see cref="Pack"/>. Allocates at most eight impressions for each byte of input, even if the bytes are forged.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged, cut short, too long or of another version; the message says which.</exception>
    public static PackedImpression[] Unpack(ReadOnlySpan<byte> packed)
    {
        var reader = Read(packed);
        var impressions = new PackedImpression[reader.Count];
        for (var i = 0; reader.MoveNext(); i++)
        {
            impressions[i] = reader.Current;
        }

        return impressions;
    }

    /// <summary>
    /// Steps through the impressions in their order without allocating: <c>foreach (var impression in PackedImpressions.Read(bytes))</c>. Damage throws
    /// before the first step; bytes forged together with their checksum throw at the step that reaches the forgery.
    /// </summary>
    /// <exception cref="InvalidDataException">As for <see cref="Unpack"/>, here or while stepping.</exception>
    public static PackedImpressionReader Read(ReadOnlySpan<byte> packed) => new(packed);

    private static void WriteNumbers(ref ByteWriter writer, ReadOnlySpan<PackedImpression> impressions)
    {
        var runs = 1;
        for (var i = 1; i < impressions.Length; i++)
        {
            runs += Follows(impressions, i) ? 0 : 1;
        }

        writer.Varint((ulong)runs - 1);
        var expected = 1L;
        for (int start = 0, end; start < impressions.Length; start = end)
        {
            for (end = start + 1; end < impressions.Length && Follows(impressions, end);)
            {
                end++;
            }

            writer.Varint(ByteWriter.ZigZag(impressions[start].Number - expected));
            if (end < impressions.Length)
            {
                writer.Varint((ulong)(end - start - 1));
            }

            // Uses the last number of a run, because the one past it may exceed 63 bits.
            expected = impressions[end - 1].Number == long.MaxValue ? long.MaxValue : impressions[end - 1].Number + 1;
        }
    }

    private static bool Follows(ReadOnlySpan<PackedImpression> impressions, int at) =>
        impressions[at - 1].Number != long.MaxValue && impressions[at].Number == impressions[at - 1].Number + 1;

    private static void WriteOutcomes(ref ByteWriter writer, ReadOnlySpan<PackedImpression> impressions)
    {
        var bytes = writer.Next((impressions.Length + 3) / 4);
        bytes.Clear();
        for (var i = 0; i < impressions.Length; i++)
        {
            bytes[i / 4] |= (byte)((byte)impressions[i].Outcome << (i % 4 * 2));
        }
    }
}
