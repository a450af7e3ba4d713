using ArtFresh.Contracts;
using CsCheck;

namespace ArtFresh.Art.Tests.Genomes;

public sealed class GenomeNetworkTests
{
    [Fact]
    public void SameGenomeHasTheSameNetwork() =>
        GenomeTests.Any.Sample(genome => Expanded(genome).SequenceEqual(Expanded((FamilyGenome)Genome.Parse(genome.ToString()))));

    [Fact]
    public void EveryNumberIsFinite() => GenomeTests.Any.Sample(genome => Expanded(genome).All(float.IsFinite));

    [Fact]
    public void OtherSeedsHaveOtherWeights() =>
        Gen.Select(GenomeTests.Any, Gen.ULong).Sample((genome, seed) =>
            seed == genome.Seed || !Expanded(genome).SequenceEqual(Expanded(new FamilyGenome(genome.Family, seed, genome.Palette, genome.Mood))));

    [Fact]
    public void SlightChangeOfMoodChangesOnlyWhatTheMoodControls() =>
        GenomeTests.Any.Sample(genome =>
        {
            var near = new Mood(genome.Mood.Valence, genome.Mood.Energy < 0.5 ? genome.Mood.Energy + 0.01 : genome.Mood.Energy - 0.01);
            var (here, there) = (Expanded(genome), Expanded(new FamilyGenome(genome.Family, genome.Seed, genome.Palette, near)));

            // The folds and the count of petals are whole: they may turn over, the rest only moves. Threads have the widest range.
            return here.Zip(there)
                .Where((_, index) => index / 4 is not (GenomeNetwork.Folds or GenomeNetwork.Folds + 1) && (genome.Family != GenomeFamily.Rosette || index != GenomeNetwork.Shape * 4))
                .All(pair => Math.Abs(pair.First - pair.Second) < 0.12);
        });

    [Fact]
    public void NetworksOfAllFamiliesUseTheirInputs()
    {
        foreach (var family in Enum.GetValues<GenomeFamily>())
        {
            var values = Expanded(new FamilyGenome(family, 42, Palette.Dusk, Mood.Neutral));
            var weights = values[(GenomeNetwork.Weights1 * 4)..(GenomeNetwork.Bias1 * 4)];

            Assert.Equal(GenomeNetwork.InputCount * GenomeNetwork.HiddenCount, weights.Length);
            Assert.True(weights.Count(weight => weight != 0) > weights.Length * 0.95);
            Assert.InRange(weights.Average(), -0.15, 0.15);
        }
    }

    private static float[] Expanded(FamilyGenome genome) => GenomeNetwork.Expand(genome).Values.ToArray();
}
