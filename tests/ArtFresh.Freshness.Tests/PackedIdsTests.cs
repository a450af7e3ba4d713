using CsCheck;

namespace ArtFresh.Freshness.Tests;

public class PackedIdsTests
{
    // Of every width up to 63 bits, near each other and far apart.
    internal static readonly Gen<long[]> Ids = Gen.Select(Gen.Int[0, 62], Gen.Long[0, long.MaxValue], Gen.Long[0, long.MaxValue].Array[0, 220], Gen.Bool)
        .Select((width, origin, offsets, sorted) =>
        {
            var ids = offsets.Select(offset => (origin >> 1 & ~((1L << width) - 1)) + (offset & ((1L << width) - 1))).Select(id => id & long.MaxValue);
            return (sorted ? ids.Order() : ids).ToArray();
        });

    [Fact]
    public void AnyIdsComeBackInTheirOrder() => Ids.Sample(ids => Assert.Equal(ids, PackedIds.Unpack(PackedIds.Pack(ids))), iter: 3000);

    [Fact]
    public void FarApartIdsComeBack()
    {
        long[] ids = [0, long.MaxValue, 0, long.MaxValue, 1];
        Assert.Equal(ids, PackedIds.Unpack(PackedIds.Pack(ids)));
    }

    [Fact]
    public void FiftyOfTwoHundredThousandTakeUnderTwoPointSixBytesEach()
    {
        var random = new Random(6);
        var ids = Enumerable.Range(0, 50).Select(_ => random.NextInt64(200_000)).ToArray();
        Assert.InRange(PackedIds.Pack(ids).Length / 50.0, 2, 2.6);
    }

    [Fact]
    public void BlockInOrderTakesUnderOneByteAnId() =>
        Assert.InRange(PackedIds.Pack([.. Enumerable.Range(150_000, 64).Select(id => (long)id)]).Length / 64.0, 0.5, 1);

    [Fact]
    public void NegativeIdsAreRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => PackedIds.Pack([5, -1]));

    [Fact]
    public void EveryDamagedByteAndEveryCutIsRefused()
    {
        Forgery.AssertEveryDamageIsRefused(PackedIds.Pack([9, 200_000, 4, 4, 131_072]), bytes => PackedIds.Unpack(bytes));
        Forgery.AssertEveryDamageIsRefused(PackedIds.Pack([100, 101, 102]), bytes => PackedIds.Unpack(bytes));
        Forgery.AssertEveryDamageIsRefused(PackedIds.Pack([]), bytes => PackedIds.Unpack(bytes));
    }

    [Theory]
    [InlineData("010000", new long[0])]
    [InlineData("0103000A0401", new long[] { 5, 7, 6 })]
    [InlineData("0104028002E4", new long[] { 256, 257, 258, 259 })]
    public void BytesStoredByVersion1StayReadable(string content, long[] ids) =>
        Assert.Equal(ids, PackedIds.Unpack(Forgery.Sealed(Convert.FromHexString(content))));

    [Theory]
    [InlineData("01FFFFFBFF07000A", "2147418111 ids cannot lie in 1 bytes")]
    [InlineData("01FFFFFBFF070100FF", "2147418111 ids of 1 bits do not take 1 bytes")]
    [InlineData("01FFFFFFFFFFFFFFFFFF0100", "18446744073709551615 is too large a count")]
    [InlineData("0102000A0A0A", "1 bytes follow the end")]
    [InlineData("010139000000000000000000", "ids of 57 bits are not written")]
    [InlineData("01030100FF", "the bits after the last id are not zero")]
    [InlineData("0103000A040F", "a number is below 0")]
    [InlineData("010200FEFFFFFFFFFFFFFFFF0102", "over 63 bits")]
    [InlineData("010108FFFFFFFFFFFFFFFF7F01", "an id is over 63 bits")]
    [InlineData("010100", "1 ids cannot lie in 0 bytes")]
    [InlineData("03010000", "version 3 is not known")]
    public void ForgedContentIsRefusedForItsFault(string content, string reason)
    {
        Forgery.AssertForgeryIsRefused(Convert.FromHexString(content), reason, bytes => PackedIds.Unpack(bytes));
    }
}
