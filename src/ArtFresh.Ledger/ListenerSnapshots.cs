using System.Buffers;
using System.Buffers.Binary;
using ArtFresh.Freshness;

namespace ArtFresh.Ledger;

/// <summary>All that a listener's log says up to a block. With it, the blocks before that one may be dropped.</summary>
/// <param name="Served">The listener's set.</param>
/// <param name="Kept">The part of it that is never given back: backfilled, or claimed.</param>
/// <param name="Unserved">The part of it that was spent because a client named it.</param>
/// <param name="GivenBack">Artworks that wait to be served again, ascending.</param>
/// <param name="Answered">Artworks that were ever given back after an answer had them.</param>
/// <param name="WholeSince">The epoch since which the log is known to be whole; 0 for none.</param>
/// <param name="Epoch">The epoch in which it was written; 0 where that is not known.</param>
public sealed record FoldedLog(ArtworkSet Served, ArtworkSet Kept, ArtworkSet Unserved, IReadOnlyList<long> GivenBack, ArtworkSet Answered, long WholeSince, long Epoch)
{
    private const byte Version = 1;
    private const int HeadBytes = 1 + (2 * sizeof(long));

    /// <summary>Version 1, the two epochs, and each set with its length. Little-endian.</summary>
    public byte[] ToBytes()
    {
        var bytes = new ArrayBufferWriter<byte>();
        var head = bytes.GetSpan(HeadBytes);
        head[0] = Version;
        BinaryPrimitives.WriteInt64LittleEndian(head[1..], WholeSince);
        BinaryPrimitives.WriteInt64LittleEndian(head[(1 + sizeof(long))..], Epoch);
        bytes.Advance(HeadBytes);
        foreach (var part in (byte[][])[Served.ToBytes(), Kept.ToBytes(), Unserved.ToBytes(), PackedIds.Pack([.. GivenBack]), Answered.ToBytes()])
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.GetSpan(sizeof(int)), part.Length);
            bytes.Advance(sizeof(int));
            bytes.Write(part);
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Reads the output of <see cref="ToBytes"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged or of another version.</exception>
    public static FoldedLog FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeadBytes || bytes[0] != Version)
        {
            throw new InvalidDataException(bytes.Length < HeadBytes ? $"Damaged snapshot: {bytes.Length} bytes are too few." : $"Damaged snapshot: version {bytes[0]} is not known.");
        }

        var (whole, epoch) = (BinaryPrimitives.ReadInt64LittleEndian(bytes[1..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[(1 + sizeof(long))..]));
        var rest = bytes[HeadBytes..];
        var (served, kept, unserved) = (ArtworkSet.FromBytes(Part(ref rest)), ArtworkSet.FromBytes(Part(ref rest)), ArtworkSet.FromBytes(Part(ref rest)));
        var (givenBack, answered) = (PackedIds.Unpack(Part(ref rest)), ArtworkSet.FromBytes(Part(ref rest)));
        return rest.IsEmpty ? new FoldedLog(served, kept, unserved, givenBack, answered, whole, epoch) : throw new InvalidDataException($"Damaged snapshot: {rest.Length} bytes follow its end.");
    }

    /// <summary>Whether another says the same of the listener's artworks.</summary>
    public bool Says(FoldedLog other) =>
        AreSame(Served, other.Served) && AreSame(Kept, other.Kept) && AreSame(Unserved, other.Unserved) && GivenBack.SequenceEqual(other.GivenBack) && AreSame(Answered, other.Answered)
        && WholeSince == other.WholeSince;

    private static bool AreSame(ArtworkSet one, ArtworkSet other) => one.Count == other.Count && one.SequenceEqual(other);

    private static ReadOnlySpan<byte> Part(ref ReadOnlySpan<byte> rest)
    {
        var length = rest.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(rest);
        if (length < 0 || length > rest.Length - sizeof(int))
        {
            throw new InvalidDataException("Damaged snapshot: it is cut short.");
        }

        var part = rest.Slice(sizeof(int), length);
        rest = rest[(sizeof(int) + length)..];
        return part;
    }
}

/// <summary>One of a listener's two snapshots, as it is written.</summary>
/// <param name="Slot">0 or 1.</param>
/// <param name="BlockNumber">The last block that it covers.</param>
/// <param name="LastRow">The <see cref="LoggedBlock.Checksum"/> of that block.</param>
/// <param name="State">A packed <see cref="FoldedLog"/>.</param>
public sealed record ListenerSnapshot(string ListenerId, int Slot, long BlockNumber, long LastRow, byte[] State, DateTimeOffset SavedAt)
{
    /// <summary>How many a listener has. While one is written, the other is whole.</summary>
    public const int Slots = 2;

    /// <summary>The checksum that its row must have.</summary>
    public long Checksum => RowChecksum.Of("listener_snapshot", ListenerId, Slot, BlockNumber, LastRow, State, SavedAt.ToUnixTimeMilliseconds());
}

/// <summary>A snapshot as it is stored.</summary>
/// <param name="Checksum">As it is stored.</param>
public sealed record StoredSnapshot(ListenerSnapshot Snapshot, long Checksum)
{
    /// <summary>What it says; null if it is damaged.</summary>
    public FoldedLog? TryUnpack()
    {
        if (Checksum != Snapshot.Checksum)
        {
            return null;
        }

        try
        {
            return FoldedLog.FromBytes(Snapshot.State);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Whether it is of a log that has this row where the snapshot ends.</summary>
    public bool EndsWith(LoggedBlock row) => row.BlockNumber == Snapshot.BlockNumber && row.Checksum == Snapshot.LastRow;
}

/// <summary>
/// A snapshot to be written in the place of an older one of its slot. Fenced by the number of the block that the older one covers, and by the log: it has the snapshot's last block.
/// What was written shows when it is read back.
/// </summary>
/// <param name="Replaced">The block that the slot's snapshot covers; 0 for an empty slot.</param>
public sealed record SnapshotTaken(ListenerSnapshot Snapshot, long Replaced) : LedgerEntry;

/// <summary>A consistent read of a listener's log.</summary>
/// <param name="Slots">The block that each slot's snapshot covers; 0 for an empty slot.</param>
/// <param name="Newest">The newest snapshot that the reader has not left out; null for none.</param>
/// <param name="Blocks">The rows from the newest snapshot's last one on, in order.</param>
/// <param name="AreDropped">Whether the ledger has dropped rows of anybody's log.</param>
public sealed record ListenerRead(IReadOnlyList<long> Slots, StoredSnapshot? Newest, IReadOnlyList<LoggedBlock> Blocks, bool AreDropped);
