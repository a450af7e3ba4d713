using System.Diagnostics;
using ArtFresh.Freshness;
using Xunit;

namespace ArtFresh.Ledger.Tests;

public sealed class RowChecksumTests
{
    private static readonly Guid Session = new("01900000-0000-7000-8000-0000000000a1");
    private static readonly WriterHead Head = WriterHead.Started(3, 1_790_000_000_000);

    private static readonly BatchRecorded Batch = new(
        Session, "r1", SmallLedger.At(0), 4, new Guid("01900000-0000-7000-8000-0000000000b1"), SmallLedger.At(5),
        PackedImpressions.Pack([.. Enumerable.Range(1, 20).Select(i => new PackedImpression(i, 1_000 + i, ImpressionOutcome.Recorded))]), [], PackedIds.Pack([7, 8]), 2, 1, null, 77, 5, 1);

    private static readonly BlockLogged Block = new("ann", 4, BlockKind.SetAside, Session, [1, 2], [3], SmallLedger.At(5));

    [Fact]
    public void EachValueOfABatchIsInItsChecksum()
    {
        long Of(BatchRecorded batch, long position = 9, string? report = "{}", WriterHead? head = null) => (head ?? Head).After(batch, position, report).Chain;
        long[] checksums =
        [
            Of(Batch), Of(Batch, position: 10), Of(Batch, report: null), Of(Batch, report: ""), Of(Batch, head: Head with { Chain = 1 }), Of(Batch, head: Head with { WriterNumber = 4 }),
            Of(Batch with { SessionId = Guid.Empty }), Of(Batch with { BatchNumber = 5 }), Of(Batch with { BatchId = Guid.Empty }), Of(Batch with { ReceivedAt = SmallLedger.At(6) }),
            Of(Batch with { Impressions = Batch.Impressions[..^1] }), Of(Batch with { DisplayedAt = null }), Of(Batch with { DisplayedAt = [] }), Of(Batch with { Duplicates = 3 }),
            Of(Batch with { MissingChange = 2 }), Of(Batch with { Account = null }), Of(Batch with { Network = 0 }), Of(Batch with { Revisits = 0 }),
        ];

        Assert.Equal(checksums.Length, checksums.Distinct().Count());
        Assert.Equal(Of(Batch), Of(Batch with { Release = "r2" }));
    }

    [Fact]
    public void EachValueOfABlockIsInItsChecksum()
    {
        long Of(BlockLogged block, byte[]? ids = null, byte[]? returned = null, WriterHead? head = null) => (head ?? Head).After(block, ids ?? [1, 2], returned).BlockChain;
        long[] checksums =
        [
            Of(Block), Of(Block, ids: [1, 3]), Of(Block, returned: []), Of(Block, returned: [3]), Of(Block, head: Head with { BlockPosition = 1 }), Of(Block, head: Head with { BlockChain = 1 }),
            Of(Block with { ListenerId = "bob" }), Of(Block with { BlockNumber = 5 }), Of(Block with { Kind = BlockKind.Claimed }), Of(Block with { SessionId = Guid.Empty }),
            Of(Block with { LoggedAt = SmallLedger.At(6) }),
        ];

        Assert.Equal(checksums.Length, checksums.Distinct().Count());
    }

    /// <summary>Values that lie beside each other in the bytes are not one another.</summary>
    [Fact]
    public void ValuesDoNotRunIntoEachOther()
    {
        Assert.NotEqual(RowChecksum.Of("t", "ab", "c"), RowChecksum.Of("t", "a", "bc"));
        Assert.NotEqual(RowChecksum.Of("t", "1"), RowChecksum.Of("t", 1L));
        Assert.NotEqual(RowChecksum.Of("t", null, ""), RowChecksum.Of("t", "", null));
        Assert.Equal(RowChecksum.Of("t", 1, "a", 0.5), RowChecksum.Of("t", 1L, "a", 0.5));
    }

    /// <summary>A batch of 20 impressions takes the database tens of microseconds.</summary>
    [Fact]
    public void ChecksumTakesAFewMicroseconds()
    {
        var head = Head;
        for (var i = 0; i < 2_000; i++)
        {
            head = head.After(Batch, i, "{}");
        }

        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < 50_000; i++)
        {
            head = head.After(Batch, i, "{}");
        }

        var each = Stopwatch.GetElapsedTime(started) / 50_000;
        TestContext.Current.SendDiagnosticMessage($"{each.TotalMicroseconds:0.00} µs a batch");
        Assert.True(each < TimeSpan.FromMicroseconds(50), $"{each.TotalMicroseconds:0.00} µs a batch");
    }
}
