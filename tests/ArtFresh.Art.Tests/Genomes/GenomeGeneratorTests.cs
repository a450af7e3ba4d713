using ArtFresh.Contracts;
using CsCheck;

namespace ArtFresh.Art.Tests.Genomes;

public sealed class GenomeGeneratorTests
{
    private const int Side = PictureStatistics.ThumbnailSide;
    private static readonly double[] Steps = [0.05, 0.35, 0.65, 0.95];

    [Fact]
    public void SameMoodAndSeedDrawTheSameGenome() =>
        Gen.Select(Gen.Double[0, 1], Gen.Double[0, 1], Gen.ULong).Sample(
            (valence, energy, seed) => GenomeGenerator.Draw(new Mood(valence, energy), seed) == GenomeGenerator.Draw(new Mood(valence, energy), seed),
            iter: 30);

    [Fact]
    public void AllFamiliesAndPalettesAreDrawn()
    {
        var drawn = Grid(20).ToArray();

        Assert.Equal(Enum.GetValues<GenomeFamily>().Length, drawn.Select(genome => genome.Family).Distinct().Count());
        Assert.Equal(Enum.GetValues<Palette>().Length, drawn.Select(genome => genome.Palette).Distinct().Count());
        Assert.Equal(drawn.Length, drawn.Distinct().Count());
    }

    [Fact]
    public void HardlyAnyDrawnPictureIsFlatNoisyDarkOrPale()
    {
        var measured = Grid(20).Select(Measured).ToArray();

        Assert.InRange(measured.Count(picture => picture.Contrast < 0.09), 0, measured.Length / 50);
        Assert.InRange(measured.Count(picture => picture.Detail > 0.14), 0, measured.Length / 50);
        Assert.InRange(measured.Count(picture => picture.Brightness is < 0.1 or > 0.82), 0, measured.Length / 50);
        Assert.InRange(measured.Count(picture => picture.Chroma < 0.08), 0, measured.Length / 20);
    }

    [Fact]
    public void DrawnGenomesScoreBetterThanTheFirstCandidates()
    {
        var chosen = Grid(8).Average(GenomeGenerator.Score);
        var first = Grid(8).Average(genome => GenomeGenerator.Score(new FamilyGenome(genome.Family, genome.Seed + 1, genome.Palette, genome.Mood)));

        Assert.True(chosen > first + 0.02, $"{chosen} is not above {first}");
    }

    [Fact]
    public void ValenceWarmsAndBrightens()
    {
        var levels = Levels(valence => Measure(level => new Mood(valence, level)));

        Assert.Equal(levels.Select(level => level.Warmth).Order(), levels.Select(level => level.Warmth));
        Assert.Equal(levels.Select(level => level.Brightness).Order(), levels.Select(level => level.Brightness));
        Assert.True(levels[3].Warmth - levels[0].Warmth > 0.2);
    }

    [Fact]
    public void EnergyBringsDetailAndBreaksSymmetry()
    {
        var levels = Levels(energy => Measure(level => new Mood(level, energy)));

        Assert.Equal(levels.Select(level => level.Detail).Order(), levels.Select(level => level.Detail));
        Assert.Equal(levels.Select(level => level.Asymmetry).Order(), levels.Select(level => level.Asymmetry));
        Assert.True(levels[3].Detail > levels[0].Detail * 1.15);
        Assert.True(levels[3].Asymmetry > levels[0].Asymmetry * 1.08);
    }

    [Theory]
    [InlineData(double.NaN, 0.5)]
    [InlineData(2, 0.5)]
    public void MoodOutsideThePlaneIsRefused(double valence, double energy) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => GenomeGenerator.Draw(new Mood(valence, energy), 1));

    [Fact]
    public void TitlesHaveTwoOrThreeWordsAndSeldomComeAgain()
    {
        var titles = new HashSet<string>();
        GenomeTests.Any.Sample(
            genome =>
            {
                var title = GenomeGenerator.TitleOf(genome);
                lock (titles)
                {
                    titles.Add(title);
                }

                return title == GenomeGenerator.TitleOf(genome) && title.Split(' ') is { Length: 2 or 3 } words && words.All(word => char.IsUpper(word[0]) && word.Length > 2);
            },
            iter: 5000);

        Assert.True(titles.Count > 4700, $"{titles.Count} titles of 5000");
    }

    [Fact]
    public void TitlesFitTheMood()
    {
        static HashSet<string> FirstWords(Mood mood) =>
            [.. Enumerable.Range(1, 400).Select(seed => GenomeTitles.Of(new FamilyGenome(GenomeFamily.Silk, (ulong)seed, Palette.Dusk, mood))).Where(title => title.Split(' ').Length == 3).Select(title => title.Split(' ')[0])];

        Assert.Contains("Dancing", FirstWords(new Mood(0.95, 0.95)));
        Assert.Contains("Hushed", FirstWords(new Mood(0.05, 0.05)));
        Assert.Empty(FirstWords(new Mood(0.95, 0.95)).Intersect(FirstWords(new Mood(0.05, 0.05))));
    }

    private static IEnumerable<FamilyGenome> Grid(int side) =>
        from row in Enumerable.Range(0, side)
        from column in Enumerable.Range(0, side)
        select GenomeGenerator.Draw(new Mood(column / (side - 1.0), row / (side - 1.0)), (ulong)((row * side) + column) * 7919);

    private static PictureStatistics Measured(Genome genome) => PictureStatistics.Of(GenomeRenderer.RenderRgba(genome, Side, Side), Side);

    private static PictureStatistics[] Levels(Func<double, PictureStatistics> measure) => [.. Steps.Select(measure)];

    // The mean over all families and the whole of the other scale.
    private static PictureStatistics Measure(Func<double, Mood> mood)
    {
        var pictures = (from family in Enum.GetValues<GenomeFamily>()
                        from sample in Enumerable.Range(0, 30)
                        select Measured(GenomeGenerator.Draw(family, mood((sample + 0.5) / 30), (ulong)sample * 977))).ToArray();
        return new PictureStatistics(
            pictures.Average(picture => picture.Contrast),
            pictures.Average(picture => picture.Brightness),
            pictures.Average(picture => picture.Detail),
            pictures.Average(picture => picture.Chroma),
            pictures.Average(picture => picture.Warmth),
            pictures.Average(picture => picture.Asymmetry));
    }
}
