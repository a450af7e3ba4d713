using ArtFresh.Contracts;
using CsCheck;

namespace ArtFresh.Freshness.Tests;

public class MoodGridTests
{
    // Sixteenths lie on centres and borders, where ties are.
    private static readonly Gen<double> Coordinate = Gen.Frequency((1, Gen.Double[0, 1]), (1, Gen.Int[0, 16].Select(n => n / 16.0)));
    private static readonly Gen<Mood> AnyMood = Gen.Select(Coordinate, Coordinate, (valence, energy) => new Mood(valence, energy));

    [Fact]
    public void CellsAreAllCellsByDistanceThenIndexWithTheOwnOneFirst() => AnyMood.Sample(
        mood =>
        {
            var own = MoodGrid.CellOf(mood);
            var expected = Enumerable.Range(0, 64)
                .OrderBy(cell => cell == own ? 0 : 1)
                .ThenBy(cell => SquaredDistance(mood, cell))
                .ThenBy(cell => cell);
            Assert.Equal(expected, MoodGrid.NearestCells(mood));
        },
        iter: 2000);

    [Fact]
    public void NoCellIsNearerThanTheOwnOne() => AnyMood.Sample(
        mood => Assert.True(SquaredDistance(mood, MoodGrid.CellOf(mood)) <= Enumerable.Range(0, 64).Min(cell => SquaredDistance(mood, cell)) + 1e-12),
        iter: 2000);

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 0, 7)]
    [InlineData(0, 1, 56)]
    [InlineData(1, 1, 63)]
    [InlineData(0.125, 0, 1)]
    [InlineData(0.1249, 0, 0)]
    [InlineData(0.5, 0.25, 20)]
    public void CellsAreRowMajorAndBordersBelongToTheCellAbove(double valence, double energy, int cell) =>
        Assert.Equal(cell, MoodGrid.CellOf(new Mood(valence, energy)));

    [Fact]
    public void CenterOfACellLiesInIt() =>
        Assert.All(Enumerable.Range(0, MoodGrid.CellCount), cell => Assert.Equal(cell, MoodGrid.CellOf(MoodGrid.CenterOf(cell))));

    [Theory]
    [InlineData(-0.001, 0.5)]
    [InlineData(0.5, 1.001)]
    [InlineData(double.NaN, 0.5)]
    public void MoodOutsideThePlaneIsRefused(double valence, double energy)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => MoodGrid.CellOf(new Mood(valence, energy)));
        Assert.Throws<ArgumentOutOfRangeException>(() => MoodGrid.NearestCells(new Mood(valence, energy)));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(64)]
    public void CellOutsideTheGridIsRefused(int cell) => Assert.Throws<ArgumentOutOfRangeException>(() => MoodGrid.CenterOf(cell));

    private static double SquaredDistance(Mood mood, int cell)
    {
        var (column, row) = (cell % 8, cell / 8);
        var (valence, energy) = (mood.Valence - ((column + 0.5) / 8), mood.Energy - ((row + 0.5) / 8));
        return (valence * valence) + (energy * energy);
    }
}
