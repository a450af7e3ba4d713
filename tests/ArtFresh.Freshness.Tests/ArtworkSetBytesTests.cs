namespace ArtFresh.Freshness.Tests;

public class ArtworkSetBytesTests
{
    [Fact]
    public void EveryDamagedByteAndEveryCutOfASmallSetIsRefused()
    {
        var set = new ArtworkSet { 7, 9, 4000, long.MaxValue };
        set.AddRange(65_600, 40);
        set.AddRange(66_000, 300);
        for (var id = 200_000L; id < 262_000; id += 6_000)
        {
            set.Add(id);
        }

        Forgery.AssertEveryDamageIsRefused(set.ToBytes(), bytes => ArtworkSet.FromBytes(bytes));
    }

    [Fact]
    public void EveryDamagedByteOfABitmapIsRefused()
    {
        var set = new ArtworkSet();
        var random = new Random(4);
        while (set.Count < 30_000)
        {
            set.Add(random.Next(65_536));
        }

        var bytes = set.ToBytes();
        Assert.InRange(bytes.Length, 8192, 8192 + 10);
        Forgery.AssertEveryDamageIsRefused(bytes, damaged => ArtworkSet.FromBytes(damaged), damagesPerByte: 1);
    }

    [Fact]
    public void EmptySetTakesSixBytes()
    {
        var bytes = new ArtworkSet().ToBytes();
        Assert.Equal(6, bytes.Length);
        Assert.Empty(ArtworkSet.FromBytes(bytes));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void RandomIdsOfAMillionTakeAtMostTwoPointOneBytes(int seed)
    {
        var random = new Random(seed);
        var set = new ArtworkSet();
        while (set.Count < 1_000)
        {
            set.Add(random.NextInt64(1_000_000));
        }

        Assert.InRange(set.ToBytes().Length / 1_000.0, 1, 2.1);
    }

    [Fact]
    public void RunsTakeUnderThreeTenthsOfAByte()
    {
        var random = new Random(5);
        var set = new ArtworkSet();
        for (var block = 0; block < 200; block++)
        {
            set.AddRange(random.NextInt64(1_000_000), 50);
        }

        Assert.InRange((double)set.ToBytes().Length / set.Count, 0.001, 0.2999);
    }

    [Theory]
    [InlineData("0100", new long[0])]
    [InlineData("0101000002050007000201", new long[] { 5, 7, 258 }, false)]
    [InlineData("01010001020501FA01", new long[] { 5, 7, 258 })]
    [InlineData("01010103000009", new long[] { 65536, 65537, 65538, 65539, 65540, 65541, 65542, 65543, 65544, 65545 })]
    public void BytesStoredByVersion1StayReadable(string content, long[] ids, bool isShortest = true)
    {
        var bytes = Forgery.Sealed(Convert.FromHexString(content));
        var set = ArtworkSet.FromBytes(bytes);
        Assert.Equal(ids, set);
        Assert.Equal(isShortest, set.ToBytes().SequenceEqual(bytes));
    }

    [Theory]
    [InlineData("0101", "1 containers cannot lie in 0 bytes")]
    [InlineData("01FFFFFBFF07000000", "2147418111 containers cannot lie in 3 bytes")]
    [InlineData("01FFFFFFFFFFFFFFFFFF01", "18446744073709551615 is too large a count")]
    [InlineData("0101000000", "1 values cannot lie in a container of 0 bytes")]
    [InlineData("01010000FFFF0301", "65536 values cannot lie in a container of 1 bytes")]
    [InlineData("010100000105000500", "not ascending")]
    [InlineData("010100000106000500", "not ascending")]
    [InlineData("01010001FF01FFFF03", "256 values cannot lie in a container of 3 bytes")]
    [InlineData("0101000101FFFF0300", "not ascending 16-bit numbers")]
    [InlineData("01010003FFFFFBFF0700", "2147418112 runs cannot lie in 1 bytes")]
    [InlineData("010100030100000000", "runs of a container touch")]
    [InlineData("0101000300FFFF0301", "leave its 2^16 values")]
    [InlineData("01010004000000", "4 is no kind of container")]
    [InlineData("0101FFFFFFFFFFFF3F000000", "key is beyond 2^47 - 1")]
    [InlineData("0101800000000500", "a number has needless zeros")]
    [InlineData("0101000000050000", "1 bytes follow the end")]
    [InlineData("0200", "version 2 is not known")]
    public void ForgedContentIsRefusedForItsFault(string content, string reason)
    {
        Forgery.AssertForgeryIsRefused(Convert.FromHexString(content), reason, bytes => ArtworkSet.FromBytes(bytes));
    }

    [Fact]
    public void EmptyBitmapIsRefused() =>
        Forgery.AssertForgeryIsRefused([1, 1, 0, 2, .. new byte[8192]], "a bitmap is empty", bytes => ArtworkSet.FromBytes(bytes));
}
