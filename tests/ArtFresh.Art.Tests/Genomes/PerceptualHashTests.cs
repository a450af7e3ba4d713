using ArtFresh.Contracts;

namespace ArtFresh.Art.Tests.Genomes;

public sealed class PerceptualHashTests
{
    private const int Pictures = 100;

    public static TheoryData<GenomeFamily> Families => [.. Enum.GetValues<GenomeFamily>()];

    [Theory]
    [MemberData(nameof(Families))]
    public void UnrelatedPicturesOfAFamilyAreNoLookAlikes(GenomeFamily family)
    {
        var hashes = Sample(family).Select(HashOf).ToArray();
        var pairs = from first in Enumerable.Range(0, hashes.Length)
                    from second in Enumerable.Range(0, first)
                    where PerceptualHash.Distance(hashes[first], hashes[second]) <= PerceptualHash.LookAlikeDistanceMax
                    select (first, second);

        // Of 4,950 pairs.
        Assert.InRange(pairs.Count(), 0, 5);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void SlightChangeOfMoodMakesALookAlike(GenomeFamily family)
    {
        var alike = Sample(family).Count(genome =>
        {
            var near = new FamilyGenome(family, genome.Seed, genome.Palette, new Mood(Nudged(genome.Mood.Valence), Nudged(genome.Mood.Energy)));
            return PerceptualHash.Distance(HashOf(genome), HashOf(near)) <= PerceptualHash.LookAlikeDistanceMax;
        });

        Assert.InRange(alike, Pictures * 85 / 100, Pictures);
    }

    [Fact]
    public void SizeOfThePictureHardlyMatters()
    {
        var distances = (from family in Enum.GetValues<GenomeFamily>()
                         from seed in Enumerable.Range(0, 6)
                         let genome = GenomeGenerator.Draw(family, new Mood(0.5, seed / 5.0), (ulong)seed)
                         let large = GenomeRenderer.RenderRgba(genome, 192, 192, TestContext.Current.CancellationToken)
                         select PerceptualHash.Distance(HashOf(genome), PerceptualHash.Of(large, 192, 192))).ToArray();

        Assert.True(distances.Count(distance => distance <= PerceptualHash.LookAlikeDistanceMax) >= distances.Length * 0.9, string.Join(' ', distances));
    }

    [Fact]
    public void BrighterCopyHasTheSameHash()
    {
        var genome = GenomeGenerator.Draw(GenomeFamily.Terrace, Mood.Neutral, 9);
        var pixels = GenomeRenderer.RenderRgba(genome, 64, 64, TestContext.Current.CancellationToken);
        var brighter = pixels.Select(value => (byte)Math.Min(255, (value * 0.8) + 30)).ToArray();

        Assert.InRange(PerceptualHash.Distance(PerceptualHash.Of(pixels, 64, 64), PerceptualHash.Of(brighter, 64, 64)), 0, 4);
    }

    [Theory]
    [InlineData(0UL, 0UL, 0)]
    [InlineData(0UL, ulong.MaxValue, 64)]
    [InlineData(0b1011UL, 0b0010UL, 2)]
    public void DistanceCountsBits(ulong first, ulong second, int expected) => Assert.Equal(expected, PerceptualHash.Distance(first, second));

    [Fact]
    public void PixelsThatDoNotFillThePictureAreRefused() => Assert.Throws<ArgumentException>(() => PerceptualHash.Of(new byte[15], 2, 2));

    private static double Nudged(double value) => value < 0.5 ? value + 0.015 : value - 0.015;

    private static IEnumerable<Genome> Sample(GenomeFamily family) =>
        Enumerable.Range(0, Pictures).Select(index => GenomeGenerator.Draw(family, new Mood(index % 10 / 9.0, index / 10 / 9.0), (ulong)index * 31337));

    private static ulong HashOf(Genome genome) => PerceptualHash.Of(GenomeRenderer.RenderRgba(genome, 64, 64), 64, 64);
}
