using ArtFresh.Contracts;
using CsCheck;

namespace ArtFresh.Art.Tests.Genomes;

public sealed class BredGenomeTests
{
    private const int Side = PictureStatistics.ThumbnailSide;

    private static readonly Gen<BredGenome> Any =
        from structure in Gen.Int[0, Names.Length - 1]
        from symmetry in Gen.Int[0, BredRecipes.Traits[0].Length - 1]
        from view in Gen.Int[0, BredRecipes.Traits[1].Length - 1]
        from material in Gen.Int[0, BredRecipes.Traits[2].Length - 1]
        from light in Gen.Int[0, BredRecipes.Traits[3].Length - 1]
        from seed in Gen.ULong
        from palette in Gen.Enum<Palette>()
        from valence in Gen.Double[0, 1]
        from energy in Gen.Double[0, 1]
        select new BredGenome(Names[structure], new BredTraits(symmetry, view, material, light), seed, palette, new Mood(valence, energy));

    private static string[] Names => [.. BredRecipes.Structures.Keys];

    public static TheoryData<string> Structures => [.. Names];

    [Fact]
    public void TextIsReadBackAsTheSameGenome() => Any.Sample(genome => Genome.Parse(genome.ToString()).Equals(genome) && genome.ToString().Length <= Limits.GenomeLengthMax);

    [Theory]
    [InlineData("2-knot-nwse-9f3a0c0000000000-dusk-710")]
    [InlineData("2-knot-nws-9f3a0c0000000000-dusk-710-330")]
    [InlineData("2-knot-nwsx-9f3a0c0000000000-dusk-710-330")]
    [InlineData("2-Knot-nwse-9f3a0c0000000000-dusk-710-330")]
    [InlineData("2-ripple-nwse-9f3a0c0000000000-dusk-710-330")]
    [InlineData("1-knot-9f3a0c0000000000-dusk-710-330")]
    [InlineData("2-knot-9f3a0c0000000000-dusk-710-330")]
    public void TextThatIsNotCanonicalIsRefused(string text) => Assert.False(Genome.TryParse(text, out _));

    [Fact]
    public void SameMoodAndSeedBreedTheSameGenome() =>
        Gen.Select(Gen.Double[0, 1], Gen.Double[0, 1], Gen.ULong).Sample(
            (valence, energy, seed) => BredGenerator.Draw(new Mood(valence, energy), seed) == BredGenerator.Draw(new Mood(valence, energy), seed),
            iter: 20);

    [Fact]
    public void NamesOfPartsAreKnownByTheirLetters()
    {
        Assert.All(BredRecipes.Traits, words => Assert.Equal(words.Length, words.Select(word => word[0]).Distinct().Count()));
        Assert.All(Names, name => Assert.InRange(StructureNouns.Of(name).Length, 10, 20));
        Assert.True(Names.Length + Enum.GetValues<GenomeFamily>().Length >= 60);
    }

    /// <summary>Whatever the mood, what is bred of a structure is neither flat, muddy, clipped nor noisy.</summary>
    [Theory]
    [MemberData(nameof(Structures))]
    public void PicturesOfAStructureAreFitToBeShown(string structure)
    {
        foreach (var (valence, energy) in ((double, double)[])[(0.1, 0.2), (0.9, 0.2), (0.2, 0.9), (0.9, 0.9)])
        {
            var genome = BredGenerator.Draw(structure, new Mood(valence, energy), 41);
            Assert.True(BredGenerator.Score(genome) > 0, $"{genome} is not");
        }
    }

    /// <summary>A pixel that is no number is black.</summary>
    [Theory]
    [MemberData(nameof(Structures))]
    public void PicturesOfAStructureHaveNoHoles(string structure)
    {
        for (var seed = 0; seed < 12; seed++)
        {
            var genome = BredGenerator.Draw(structure, new Mood(seed % 4 / 3.0, seed / 4 / 2.0), (ulong)seed);
            var rgba = Rendered(genome, Side, Side);
            Assert.InRange(rgba.Chunk(4).Count(pixel => pixel is [0, 0, 0, _]), 0, Side * Side / 20);
        }
    }

    [Theory]
    [MemberData(nameof(Structures))]
    public void ThumbnailLooksLikeTheLargePicture(string structure)
    {
        var genome = BredGenerator.Draw(structure, Mood.Neutral, 11);
        var (small, large) = (Luma(genome, Side), Luma(genome, Side * 6));
        var blocks = Enumerable.Range(0, 64).Select(block => (Mean(small, Side, block), Mean(large, Side * 6, block)));

        Assert.InRange(blocks.Average(block => Math.Abs(block.Item1 - block.Item2)), 0, 18);
    }

    [Fact]
    public void WidePictureShowsTheSquareOneAndMore()
    {
        var genome = Genome.Parse("2-truchet-nwse-9f3a0c0000000000-dusk-710-330");
        var (square, wide) = (Rendered(genome, 40, 40), Rendered(genome, 80, 40));
        var middle = Enumerable.Range(0, 40).SelectMany(row => wide.AsSpan(((row * 80) + 20) * 4, 160).ToArray()).ToArray();

        // The vignette is the whole picture's.
        Assert.InRange(square.Zip(middle).Average(pair => Math.Abs(pair.First - pair.Second)), 0, 12);
    }

    [Fact]
    public void MoodsAreGivenManyStructures()
    {
        foreach (var mood in (Mood[])[new(0.1, 0.1), new(0.9, 0.1), new(0.1, 0.9), new(0.9, 0.9)])
        {
            Assert.True(Enumerable.Range(0, 100).Select(seed => BredGenerator.Draw(mood, (ulong)seed).Structure).Distinct().Count() >= 35);
        }
    }

    private static byte[] Rendered(Genome genome, int width, int height) => GenomeRenderer.RenderRgba(genome, width, height, TestContext.Current.CancellationToken);

    private static double[] Luma(Genome genome, int side)
    {
        var rgba = Rendered(genome, side, side);
        return [.. Enumerable.Range(0, side * side).Select(pixel => (0.2126 * rgba[pixel * 4]) + (0.7152 * rgba[(pixel * 4) + 1]) + (0.0722 * rgba[(pixel * 4) + 2]))];
    }

    private static double Mean(double[] luma, int side, int block)
    {
        var size = side / 8;
        return Enumerable.Range(0, size * size).Average(at => luma[(((block / 8 * size) + (at / size)) * side) + (block % 8 * size) + (at % size)]);
    }
}
