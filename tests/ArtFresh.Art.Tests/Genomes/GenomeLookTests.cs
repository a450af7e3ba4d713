using System.Globalization;
using ArtFresh.Contracts;

namespace ArtFresh.Art.Tests.Genomes;

public sealed class GenomeLookTests
{
    /// <summary>360 pairs that were judged by eye: of version 1 from all families, of version 2 of one structure and of palettes that look alike.</summary>
    [Theory]
    [InlineData('1', 300, 0.9, 0.65)]
    [InlineData('2', 60, 0.75, 0.8)]
    public void LooksAgreeWithTheEye(char version, int count, double precisionMin, double recallMin)
    {
        var pairs = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Genomes", "judged-pairs.csv")).Skip(1).Select(line => line.Split(',')).Where(pair => pair[0][0] == version)
            .Select(pair => (Said: LookOf(pair[0]).IsAlike(LookOf(pair[1])), Seen: pair[2] == "1")).ToArray();
        var (said, seen, both) = (pairs.Count(pair => pair.Said), pairs.Count(pair => pair.Seen), pairs.Count(pair => pair is { Said: true, Seen: true }));

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"precision {(double)both / said:0.00}, recall {(double)both / seen:0.00}"));
        Assert.Equal(count, pairs.Length);
        Assert.InRange((double)both / said, precisionMin, 1);
        Assert.InRange((double)both / seen, recallMin, 1);
    }

    [Theory]
    [InlineData("1-ripple-9f3a0c0000000000-dusk-710-330", "1-ripple-0000000000000001-dusk-110-930", true)]
    [InlineData("1-ripple-9f3a0c0000000000-dusk-710-330", "1-ripple-0000000000000001-dawn-110-930", true)]
    [InlineData("1-ripple-9f3a0c0000000000-dusk-710-330", "1-ripple-9f3a0c0000000000-neon-710-330", false)]
    [InlineData("1-ripple-9f3a0c0000000000-dusk-710-330", "1-silk-9f3a0c0000000000-dusk-710-330", false)]
    [InlineData("2-knot-nwse-9f3a0c0000000000-dusk-710-330", "2-knot-nfph-0000000000000001-dusk-110-930", true)]
    [InlineData("2-knot-nwse-9f3a0c0000000000-dusk-710-330", "2-knot-ndse-9f3a0c0000000000-dusk-710-330", false)]
    [InlineData("2-knot-nwse-9f3a0c0000000000-dusk-710-330", "2-knot-mwse-9f3a0c0000000000-dusk-710-330", false)]
    public void LookIsWhatIsDrawnAndInWhichColours(string first, string second, bool expected)
    {
        Assert.Equal(expected, LookOf(first).IsAlike(LookOf(second)));
        Assert.Equal(expected, LookOf(second).IsAlike(LookOf(first)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("3-new-9f3a0c0000000000-dusk-710-330")]
    [InlineData("1-ripple-9f3a0c0000000000-mauve-710-330")]
    [InlineData("1-2-3-4-5-6-7-8-9")]
    public void OtherTextHasNoLook(string? text) => Assert.Null(GenomeLook.Of(text));

    [Fact]
    public void EveryFamilyAndStructureHasANumberOfItsOwn()
    {
        string[] names = [.. Enum.GetNames<GenomeFamily>().Select(name => name.ToLowerInvariant()), .. BredRecipes.Structures.Keys];

        Assert.Equal(names.Length, names.Select(name => LookOf($"1-{name}-9f3a0c0000000000-dusk-710-330").Family).Distinct().Count());
    }

    [Fact]
    public void LookIsKnownBeforeThePictureIsDrawn()
    {
        for (var seed = 0UL; seed < 20; seed++)
        {
            var mood = new Mood(seed % 4 / 3.0, seed / 4 / 4.0);
            Assert.Equal(GenomeLook.Of(GenomeGenerator.Draw(mood, seed).ToString()), GenomeGenerator.LookOf(mood, seed));
            Assert.Equal(GenomeLook.Of(BredGenerator.Draw(mood, seed).ToString()), BredGenerator.LookOf(mood, seed));
        }
    }

    [Fact]
    public void RecentLooksAreThoseOfTheLast500()
    {
        var recent = RecentLooks.OfGenomes(["1-silk-9f3a0c0000000000-dusk-710-330", .. Enumerable.Repeat("1-ripple-9f3a0c0000000000-dusk-710-330", RecentLooks.Max - 1), null]);

        Assert.True(recent.HasAlike("1-silk-0000000000000001-dawn-1-1"));
        recent.Add(["1-ripple-9f3a0c0000000000-neon-710-330"]);
        Assert.False(recent.HasAlike("1-silk-0000000000000001-dawn-1-1"));
        Assert.True(recent.HasAlike("1-ripple-0000000000000001-neon-1-1"));
        Assert.Equal(recent.Values, RecentLooks.Of(recent.Values).Values);
        Assert.False(recent.HasAlike((string?)null));
    }

    private static GenomeLook LookOf(string genome) => GenomeLook.Of(genome) ?? throw new FormatException(genome);
}
