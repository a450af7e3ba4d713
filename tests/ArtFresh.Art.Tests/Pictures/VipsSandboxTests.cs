using System.Text;
using NetVips;

namespace ArtFresh.Art.Tests;

public sealed class VipsSandboxTests
{
    [Fact]
    public void OnlyTheFourFormatsAreReadAndOnlyFromMemory()
    {
        VipsSandbox.Enter();
        using var folder = new ScratchFolder();
        using var sweep = Samples.Sweep(20, 20);

        foreach (var extension in new[] { ".png", ".jpg", ".webp" })
        {
            var picture = sweep.WriteToBuffer(extension);
            using var read = Image.NewFromBuffer(picture);
            Assert.Equal(20, read.Width);
            Assert.Throws<VipsException>(() => Image.NewFromFile(folder.Write("a" + extension, picture)));
        }

        Assert.Throws<VipsException>(() => Image.NewFromBuffer(sweep.GifsaveBuffer()));
        Assert.Throws<VipsException>(() => Image.NewFromBuffer(sweep.TiffsaveBuffer()));
        Assert.Throws<VipsException>(() => Image.NewFromBuffer(Encoding.ASCII.GetBytes("P3 1 1 255 1 2 3\n")));
    }
}
