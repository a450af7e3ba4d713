namespace ArtFresh.Freshness.Tests;

/// <summary>Counts of networks add up, are taken away whole or not at all, and survive packing.</summary>
public sealed class NetworkCountsTests
{
    private static readonly NetworkCount One = new(1, 2, 3, 4, 5, 6);
    private static readonly NetworkCount Large = new(1_000_000, 0, long.MaxValue / 4, 127, 128, 16_384);

    [Fact]
    public void AddUpAndSurvivePacking()
    {
        var counts = new NetworkCounts();
        counts.Add(1_023, One);
        counts.Add(0, Large);
        var others = new NetworkCounts();
        others.Add(1_023, One);
        counts.Add(others);

        var read = NetworkCounts.Unpack(counts.Pack()).All;

        Assert.Equal([new(0, Large), new(1_023, new NetworkCount(2, 4, 6, 8, 10, 12))], read);
    }

    [Fact]
    public void TakeNoMoreThanWasAdded()
    {
        var counts = new NetworkCounts();
        counts.Add(7, One);

        Assert.False(counts.TryTake(7, new NetworkCount(1, 2, 3, 4, 5, 7)));
        Assert.False(counts.TryTake(8, One));
        Assert.Equal(One, counts.All[7]);
        Assert.True(counts.TryTake(7, One));
        Assert.Equal(default, counts.All[7]);
    }

    [Fact]
    public void DamagedBytesAreRefused()
    {
        var counts = new NetworkCounts();
        counts.Add(7, Large);
        var packed = counts.Pack();

        Assert.Throws<InvalidDataException>(() => NetworkCounts.Unpack([]));
        Assert.Throws<InvalidDataException>(() => NetworkCounts.Unpack([2]));
        Assert.All(Enumerable.Range(2, packed.Length - 2), length => Assert.Throws<InvalidDataException>(() => NetworkCounts.Unpack(packed.AsSpan(0, length))));
        Assert.Empty(NetworkCounts.Unpack(packed.AsSpan(0, 1)).All);
    }
}
