using ArtFresh.Freshness;
using Xunit;

namespace ArtFresh.Ledger.Tests;

public sealed class ServedTwiceFinderTests
{
    private static readonly Guid Session = Guid.CreateVersion7();

    [Fact]
    public void ArtworkInTwoBlocksIsServedTwiceInTheSecond()
    {
        BlockRow[] log = [Row(1, BlockKind.SetAside, [1, 2, 3]), Row(2, BlockKind.SetAside, [3, 4, 2]), Row(3, BlockKind.SetAside, [5])];

        Assert.Equal([3L, 2L], Find(log, 2));
        Assert.Empty(Find(log, 1));
        Assert.Empty(Find(log, 3));
        Assert.Empty(Find(log, 4));
    }

    [Fact]
    public void ReturnedArtworkCanBeServedAgainOnce()
    {
        BlockRow[] log = [Row(1, BlockKind.SetAside, [1]), Row(2, BlockKind.TakenBack, [], 1), Row(3, BlockKind.SetAside, [1]), Row(4, BlockKind.SetAside, [1])];

        Assert.Empty(Find(log, 3));
        Assert.Equal([1L], Find(log, 4));
    }

    [Theory]
    [InlineData(BlockKind.Claimed)]
    [InlineData(BlockKind.Backfilled)]
    [InlineData(BlockKind.Unserved)]
    public void ArtworkThatWasClaimedOrBackfilledIsServedTwiceInABlock(BlockKind kind) =>
        Assert.Equal([7L], Find([Row(1, kind, [7]), Row(2, BlockKind.SetAside, [7])], 2));

    [Fact]
    public void ClaimOfAnotherSessionServesNothing() =>
        Assert.Empty(Find([Row(1, BlockKind.SetAside, [7]), Row(2, BlockKind.Claimed, [7])], 2));

    [Fact]
    public void SeveralBlocksAreLookedAtInOneReading()
    {
        BlockRow[] log = [Row(1, BlockKind.SetAside, [1, 2]), Row(2, BlockKind.SetAside, [1]), Row(3, BlockKind.SetAside, [3]), Row(4, BlockKind.SetAside, [2, 3])];

        var found = ServedTwiceFinder.Find(log, [], new HashSet<long> { 2, 3, 4, 9 });

        Assert.Equal([2L, 4L], found.Keys.Order());
        Assert.Equal([2L, 3L], found[4]);
    }

    /// <summary>A run of backfill that is undone leaves fresh what only it had brought, and the artwork may be served once.</summary>
    [Fact]
    public void UndoneArtworkCanBeServedOnce()
    {
        BlockRow[] log = [Row(1, BlockKind.Backfilled, [1, 2]), Row(2, BlockKind.Undone, [], 1), Row(3, BlockKind.SetAside, [1, 2]), Row(4, BlockKind.SetAside, [1])];

        Assert.Equal([2L], Find(log, 3));
        Assert.Equal([1L], Find(log, 4));
    }

    /// <summary>The rows before are dropped, and the snapshot is of after the undoing.</summary>
    [Fact]
    public void SnapshotNeedNotHoldWhatWasUndoneBeforeIt()
    {
        BlockRow[] log = [Row(1, BlockKind.SetAside, [9]), Row(2, BlockKind.Backfilled, [1, 2]), Row(3, BlockKind.Undone, [], 1), Row(4, BlockKind.SetAside, [3])];
        Assert.Empty(FaultsOf(log, log[1..]));
        Assert.Equal(["block 2 of listener listener has artwork 1, and the snapshot that covers it has not"], FaultsOf(log, [log[1], log[3]]));
    }

    private static IReadOnlyList<string> FaultsOf(BlockRow[] log, BlockRow[] left)
    {
        var whole = new ListenerLog("listener");
        Array.ForEach(log, row => whole.Take(row));
        var snapshot = new ListenerSnapshot("listener", 0, log[^1].Number, log[^1].ToLogged().Checksum, whole.Fold().ToBytes(), DateTimeOffset.UnixEpoch);
        var replay = new ListenerReplay("listener", [new StoredSnapshot(snapshot, snapshot.Checksum)]);
        Array.ForEach(left, row => replay.Take(row));
        return replay.Faults;
    }

    private static IReadOnlyList<long> Find(BlockRow[] log, long blockNumber) =>
        ServedTwiceFinder.Find(log, [], new HashSet<long> { blockNumber }).GetValueOrDefault(blockNumber) ?? [];

    private static BlockRow Row(long number, BlockKind kind, long[] artworkIds, params long[] returned) =>
        new("listener", Session, number, DateTimeOffset.UnixEpoch, kind, PackedIds.Pack(artworkIds), returned.Length == 0 ? null : PackedIds.Pack(returned));
}
