using System.Buffers.Binary;

namespace ArtFresh.Freshness;

/// <summary>
/// The bytes of an <see cref="ArtworkSet"/>: version 1, varint number of containers, the containers, CRC-32.
/// A container is varint (key - key before - 1), a kind byte, and by kind:
/// lows (varint count - 1, 16-bit little-endian values), deltas (varint count - 1, varint gaps), bitmap (8192 bytes, little-endian
/// words), runs (varint runs - 1, varint gap before and varint length - 1 of each). A gap counts the absent values between neighbours,
/// so that order and disjointness hold by construction; touching runs are refused.
/// </summary>
internal static class ArtworkSetCodec
{
    private const byte Version = 1;
    private const string Subject = "artwork set";

    private enum Kind : byte
    {
        Lows = 0,
        Deltas = 1,
        Bitmap = 2,
        Runs = 3,
    }

    public static byte[] Encode(ContainerDirectory directory)
    {
        var writer = new ByteWriter(stackalloc byte[512]);
        writer.Byte(Version);
        writer.Varint((ulong)directory.ContainerCount);
        var previous = -1L;
        for (var i = 0; i < directory.ContainerCount; i++)
        {
            writer.Varint((ulong)(directory.KeyAt(i) - previous - 1));
            previous = directory.KeyAt(i);
            WriteContainer(ref writer, directory.ContainerAt(i));
        }

        return writer.Sealed();
    }

    public static ContainerDirectory Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = ByteReader.Open(bytes, Version, Subject);
        var count = reader.Count();

        // A container takes at least three bytes, so a forged count cannot allocate more than the input justifies.
        if (count > reader.Remaining / 3)
        {
            throw reader.Invalid($"{count} containers cannot lie in {reader.Remaining} bytes");
        }

        var directory = new ContainerDirectory(count);
        var key = -1L;
        for (var i = 0; i < count; i++)
        {
            var skipped = reader.Varint();
            if (skipped > (ulong)((long.MaxValue >> 16) - key - 1))
            {
                throw reader.Invalid("a container's key is beyond 2^47 - 1");
            }

            key += (long)skipped + 1;
            directory.Append(key, ReadContainer(ref reader));
        }

        reader.ExpectEnd();
        return directory;
    }

    private static void WriteContainer(ref ByteWriter writer, Container container)
    {
        var kind = ShortestKind(container);
        writer.Byte((byte)kind);
        switch (kind)
        {
            case Kind.Bitmap:
                WriteBitmap(ref writer, container);
                return;
            case Kind.Runs:
                writer.Varint((ulong)container.RunCount - 1);
                break;
            default:
                writer.Varint((ulong)container.Count - 1);
                break;
        }

        int cursor = 0, next = 0;
        while (container.NextRun(ref cursor, out var first, out var last))
        {
            switch (kind)
            {
                case Kind.Runs:
                    writer.Varint((ulong)(first - next));
                    writer.Varint((ulong)(last - first));
                    break;
                case Kind.Deltas:
                    writer.Varint((ulong)(first - next));
                    writer.Zeros(last - first);
                    break;
                default:
                    for (var value = first; value <= last; value++)
                    {
                        writer.UInt16((ushort)value);
                    }

                    break;
            }

            next = last + 1;
        }
    }

    private static Kind ShortestKind(Container container)
    {
        // An id takes at least one byte as a delta, a run two: skip the sums if a bitmap is smaller in any case.
        if (Math.Min(container.Count, container.RunCount * 2) > Container.BitmapBytes)
        {
            return Kind.Bitmap;
        }

        int cursor = 0, next = 0;
        int deltaBytes = ByteWriter.VarintSize((ulong)container.Count - 1), runBytes = ByteWriter.VarintSize((ulong)container.RunCount - 1);
        var lowBytes = deltaBytes + (container.Count * 2);
        while (container.NextRun(ref cursor, out var first, out var last))
        {
            var gapBytes = ByteWriter.VarintSize((ulong)(first - next));
            runBytes += gapBytes + ByteWriter.VarintSize((ulong)(last - first));
            deltaBytes += gapBytes + last - first;
            next = last + 1;
        }

        var shortest = Math.Min(Math.Min(lowBytes, deltaBytes), Math.Min(runBytes, Container.BitmapBytes));
        return shortest == runBytes ? Kind.Runs : shortest == lowBytes ? Kind.Lows : shortest == deltaBytes ? Kind.Deltas : Kind.Bitmap;
    }

    private static void WriteBitmap(ref ByteWriter writer, Container container)
    {
        var bitmap = container as BitmapContainer ?? BitmapContainer.From(container);
        foreach (var word in bitmap.Words)
        {
            writer.UInt64(word);
        }
    }

    private static Container ReadContainer(ref ByteReader reader)
    {
        var kind = (Kind)reader.Byte();
        return kind switch
        {
            Kind.Lows or Kind.Deltas => ReadValues(ref reader, kind),
            Kind.Bitmap => ReadBitmap(ref reader),
            Kind.Runs => ReadRuns(ref reader),
            _ => throw reader.Invalid($"{(byte)kind} is no kind of container"),
        };
    }

    private static Container ReadValues(ref ByteReader reader, Kind kind)
    {
        var count = reader.Count() + 1L;
        if (count > Container.Span || count > reader.Remaining)
        {
            throw reader.Invalid($"{count} values cannot lie in a container of {reader.Remaining} bytes");
        }

        var values = new ushort[count];
        var next = 0;
        for (var i = 0; i < values.Length; i++)
        {
            var value = kind == Kind.Lows ? reader.UInt16() : next + reader.Count();
            if (value < next || value >= Container.Span)
            {
                throw reader.Invalid("the values of a container are not ascending 16-bit numbers");
            }

            values[i] = (ushort)value;
            next = value + 1;
        }

        return new ArrayContainer(values, values.Length).Fitted();
    }

    private static Container ReadBitmap(ref ByteReader reader)
    {
        var bytes = reader.Bytes(Container.BitmapBytes);
        var words = new ulong[BitmapContainer.WordCount];
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i * 8)..]);
        }

        var bitmap = new BitmapContainer(words);
        return bitmap.Count > 0 ? bitmap.Fitted() : throw reader.Invalid("a bitmap is empty");
    }

    private static Container ReadRuns(ref ByteReader reader)
    {
        var count = reader.Count() + 1L;
        if (count > reader.Remaining / 2)
        {
            throw reader.Invalid($"{count} runs cannot lie in {reader.Remaining} bytes");
        }

        var runs = new RunContainer((int)count);
        var next = 0;
        for (var i = 0; i < count; i++)
        {
            var first = (long)next + reader.Count();
            var last = first + reader.Count();
            if (last >= Container.Span || (i > 0 && first == next))
            {
                throw reader.Invalid("the runs of a container touch or leave its 2^16 values");
            }

            runs.Append((int)first, (int)last);
            next = (int)last + 1;
        }

        return runs.Fitted();
    }
}
