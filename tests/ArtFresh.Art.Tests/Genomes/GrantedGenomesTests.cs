using ArtFresh.Contracts;

namespace ArtFresh.Art.Tests.Genomes;

public sealed class GrantedGenomesTests
{
    private const int Cells = 64;

    [Fact]
    public void SeedsOfOneCellDifferInMoodFamilyAndPalette()
    {
        var genomes = Enumerable.Range(0, Limits.GenomeSeedsMax / Cells).Select(i => GrantedGenomes.Of((ulong)(27 + (i * Cells)))).ToArray();

        Assert.True(genomes.Select(genome => genome.Mood).Distinct().Count() > genomes.Length * 0.9);
        Assert.True(genomes.Select(genome => genome.Family).Distinct().Count() > 4);
        Assert.True(genomes.Select(genome => genome.Palette).Distinct().Count() > 4);
    }
}
