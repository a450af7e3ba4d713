namespace ArtFresh.Art.Tests;

public sealed class LookAlikesTests
{
    [Fact]
    public void FirstPictureThatDiffersInFewOfTheClearBitsIsFound()
    {
        var looks = LookAlikes.Of([(7, null), (8, 0), (9, 0b111), (10, -1)]);

        Assert.Equal(8, looks.Find(new PicturePrint(0b111, ulong.MaxValue)));
        Assert.Equal(9, looks.Find(new PicturePrint((1UL << 11) - 1, ulong.MaxValue)));
        Assert.Null(looks.Find(new PicturePrint((1UL << 20) - 1, ulong.MaxValue)));
        // Of 16 clear bits two may differ, whatever the others are.
        Assert.Equal(8, looks.Find(new PicturePrint(0xFFFF_0000_0000_0003, 0xFFFF)));
        Assert.Null(looks.Find(new PicturePrint(0xFFFF_0000_0000_003F, 0xFFFF)));
        // With fewer no picture is compared.
        Assert.Null(looks.Find(new PicturePrint(0, 0x7FFF)));
    }

    [Fact]
    public void NearestPicturesAreFoundAndOfThoseAsNearTheFirst()
    {
        var looks = LookAlikes.Of([(5, 0b1111), (6, 0b1), (7, -1), (8, 0b10), (9, 0)]);
        var print = new PicturePrint(0, ulong.MaxValue);

        Assert.Equal([9, 6, 8, 5], looks.FindNearest(print, 8));
        Assert.Equal([9, 6], looks.FindNearest(print, 2));
        Assert.Empty(looks.FindNearest(new PicturePrint(0, 0x7FFF), 8));
    }
}
