using CsCheck;

namespace ArtFresh.Freshness.Tests;

public class PackedImpressionsTests
{
    private static readonly Gen<ImpressionOutcome> AnyOutcome = Gen.Enum<ImpressionOutcome>().Where(outcome => outcome < ImpressionOutcome.Duplicate);

    // Runs that go on, jump ahead, fall back and end at the last number of all.
    private static readonly Gen<PackedImpression[]> AnyBatch = Gen.Select(
        PackedIdsTests.Ids,
        Gen.Select(Gen.Frequency((3, Gen.Long[0, 500]), (1, Gen.Long[long.MaxValue - 300, long.MaxValue])), Gen.Int[1, 80]).Array[1, 12],
        AnyOutcome.Array[1, 5],
        (ids, runs, outcomes) =>
        {
            var numbers = runs.SelectMany(run => Enumerable.Range(0, run.Item2).Select(i => Math.Min(run.Item1, long.MaxValue - i) + i)).ToArray();
            return ids.Select((id, i) => new PackedImpression(numbers[i % numbers.Length], id, outcomes[i % outcomes.Length])).ToArray();
        });

    [Fact]
    public void AnyBatchComesBackInItsOrder() => AnyBatch.Sample(batch => Assert.Equal(batch, PackedImpressions.Unpack(PackedImpressions.Pack(batch))), iter: 3000);

    [Fact]
    public void StepsAllocateNothing()
    {
        var packed = PackedImpressions.Pack(Batch(200, ImpressionOutcome.Recorded));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sum = 0L;
        foreach (var impression in PackedImpressions.Read(packed))
        {
            sum += impression.Number;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(200 * 201 / 2, sum);
    }

    [Fact]
    public void FiftyOfTwoHundredThousandTakeUnderTwoPointSixBytesEach() =>
        Assert.InRange(PackedImpressions.Pack(Batch(50, ImpressionOutcome.Recorded)).Length / 50.0, 2, 2.6);

    [Fact]
    public void OutcomesTakeAQuarterByteAndOnlyWhereNotAllAreRecorded()
    {
        var batch = Batch(200, ImpressionOutcome.Recorded);
        var recorded = PackedImpressions.Pack(batch).Length;
        batch[7] = batch[7] with { Outcome = ImpressionOutcome.Repeat };
        Assert.Equal(recorded + 50, PackedImpressions.Pack(batch).Length);
    }

    [Fact]
    public void EveryDamagedByteAndEveryCutIsRefused()
    {
        PackedImpression[] batch =
        [
            new(4, 199_000, ImpressionOutcome.Recorded),
            new(5, 12, ImpressionOutcome.Repeat),
            new(9, 70_000, ImpressionOutcome.Unserved),
        ];
        Forgery.AssertEveryDamageIsRefused(PackedImpressions.Pack(batch), bytes => PackedImpressions.Unpack(bytes));
        Forgery.AssertEveryDamageIsRefused(PackedImpressions.Pack([]), bytes => PackedImpressions.Unpack(bytes));
    }

    [Fact]
    public void NegativeNumbersAndIdsAndUnknownOutcomesAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PackedImpressions.Pack([new(-1, 1, ImpressionOutcome.Recorded)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => PackedImpressions.Pack([new(1, -1, ImpressionOutcome.Recorded)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => PackedImpressions.Pack([new(1, 1, ImpressionOutcome.Duplicate)]));
    }

    [Fact]
    public void BytesStoredByVersion1StayReadable()
    {
        Assert.Empty(PackedImpressions.Unpack(Forgery.Sealed(1, 0, 0)));

        // Three in one run from 1, all recorded, deltas +5 +2 -1.
        Assert.Equal(
            [new(1, 5, ImpressionOutcome.Recorded), new(2, 7, ImpressionOutcome.Recorded), new(3, 6, ImpressionOutcome.Recorded)],
            PackedImpressions.Unpack(Forgery.Sealed(1, 3, 0, 0, 0, 10, 4, 1)));

        // Two runs (3; 9 and 10), outcomes 2 1 3, bits of width 2 over 4: 0 3 1.
        Assert.Equal(
            [new(3, 4, ImpressionOutcome.Repeat), new(9, 7, ImpressionOutcome.Unserved), new(10, 5, ImpressionOutcome.Unknown)],
            PackedImpressions.Unpack(Forgery.Sealed(1, 3, 0x82, 1, 4, 0, 10, 0b11_01_10, 4, 0b01_11_00)));
    }

    [Theory]
    [InlineData("01FFFFFBFF0700000000", "2147418111 ids cannot lie in 1 bytes")]
    [InlineData("01FFFFFBFF0781000000FF", "536854528 bytes were expected")]
    [InlineData("010200020000000A0A", "2 numbers cannot lie in 3 runs")]
    [InlineData("010300010005000A0A0A", "the runs of numbers do not add up")]
    [InlineData("01020000030A0A", "a number is below 0")]
    [InlineData("01020000FCFFFFFFFFFFFFFFFF010A0A", "the runs of numbers do not add up")]
    [InlineData("0101800000040A", "the bits after the last outcome are not zero")]
    [InlineData("01000000", "1 bytes follow the end")]
    [InlineData("0101000000", "1 ids cannot lie in 0 bytes")]
    [InlineData("020000", "version 2 is not known")]
    public void ForgedContentIsRefusedForItsFault(string content, string reason)
    {
        Forgery.AssertForgeryIsRefused(Convert.FromHexString(content), reason, bytes => PackedImpressions.Unpack(bytes));
    }

    private static PackedImpression[] Batch(int count, ImpressionOutcome outcome)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(1, count).Select(number => new PackedImpression(number, random.NextInt64(200_000), outcome))];
    }
}
