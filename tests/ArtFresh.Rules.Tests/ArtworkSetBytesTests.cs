using ArtFresh.Freshness;

namespace ArtFresh.Rules.Tests;

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
    [InlineData("0101", "no container where one is said")]
    [InlineData("01FFFFFFFF07", "two milliard containers")]
    [InlineData("01FFFFFFFFFFFFFFFFFF01", "2^64 containers")]
    [InlineData("0101000000", "a value cut short")]
    [InlineData("01010000FFFF0301", "65,536 values in one byte")]
    [InlineData("010100000105000500", "a value twice")]
    [InlineData("010100000106000500", "values out of order")]
    [InlineData("01010001FF01FFFF03", "255 values in one gap")]
    [InlineData("0101000101FFFF0300", "a value beyond 65,535")]
    [InlineData("01010003FFFFFFFF0700", "two milliard runs in one byte")]
    [InlineData("010100030100000000", "touching runs")]
    [InlineData("0101000300FFFF0301", "a run beyond 65,535")]
    [InlineData("01010004000000", "an unknown kind")]
    [InlineData("0101FFFFFFFFFFFF3F000000", "a key beyond 2^47 - 1")]
    [InlineData("0101800000000500", "a number with needless zeros")]
    [InlineData("0101000000050000", "a byte after the end")]
    [InlineData("0200", "another version")]
    public void ForgedContentIsRefused(string content, string what)
    {
        Assert.NotEmpty(what);
        Forgery.AssertForgeryIsRefused(Convert.FromHexString(content), bytes => ArtworkSet.FromBytes(bytes));
    }

    [Fact]
    public void EmptyBitmapIsRefused() =>
        Forgery.AssertForgeryIsRefused([1, 1, 0, 2, .. new byte[8192]], bytes => ArtworkSet.FromBytes(bytes));
}
