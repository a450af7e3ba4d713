using CsCheck;

namespace ArtFresh.Freshness.Tests;

public class PackedViewsTests
{
    private static readonly Gen<CountedViews[]> Views = Gen.Select(Gen.Long[0, long.MaxValue], Gen.Int[1, int.MaxValue - (1 << 16)], Gen.Long[0, 1L << 62]).Array[0, 100]
        .Select(views => views.DistinctBy(one => one.Item1).OrderBy(one => one.Item1).Select(one => new CountedViews(one.Item1, one.Item2, one.Item3)).ToArray());

    [Fact]
    public void AnyViewsComeBack() => Views.Sample(views => Assert.Equal(views, PackedViews.Unpack(PackedViews.Pack(views))), iter: 3000);

    [Fact]
    public void ASecondOfViewsTakesUnderThreeAndAHalfBytesEach()
    {
        var random = new Random(6);
        var views = Enumerable.Range(0, 2_000).Select(_ => random.NextInt64(100_000)).Distinct().Order().Select(id => new CountedViews(id, 1, 1_790_000_000_000 + random.Next(1_000))).ToArray();
        Assert.InRange(PackedViews.Pack(views).Length / (double)views.Length, 2, 3.5);
    }

    [Fact]
    public void WhatIsNoViewIsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PackedViews.Pack([new CountedViews(-1, 1, 0)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => PackedViews.Pack([new CountedViews(1, 0, 0)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => PackedViews.Pack([new CountedViews(1, 1, -1)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => PackedViews.Pack([new CountedViews(1, 1, 0), new CountedViews(1, 1, 0)]));
    }

    [Fact]
    public void EveryDamagedByteAndEveryCutIsRefused()
    {
        Forgery.AssertEveryDamageIsRefused(PackedViews.Pack([new CountedViews(5, 1, 1_000), new CountedViews(200_000, 3, 900)]), bytes => PackedViews.Unpack(bytes));
        Forgery.AssertEveryDamageIsRefused(PackedViews.Pack([]), bytes => PackedViews.Unpack(bytes));
    }

    [Fact]
    public void BytesStoredByVersion1StayReadable() =>
        Assert.Equal([new CountedViews(4, 1, 998), new CountedViews(6, 3, 1_000)], PackedViews.Unpack(Forgery.Sealed(Convert.FromHexString("0102E8070404010102"))));

    [Theory]
    [InlineData("01FFFFFBFF0700", "2147418111 artworks do not fit")]
    [InlineData("010102020602", "a time is below 0")]
    [InlineData("0102020000FFFFFFFFFFFFFFFF7F00", "an id is over 63 bits")]
    [InlineData("0101000000AA", "1 bytes follow the end")]
    public void ForgedBytesAreRefused(string content, string reason) =>
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => PackedViews.Unpack(Forgery.Sealed(Convert.FromHexString(content)))).Message, StringComparison.Ordinal);
}
