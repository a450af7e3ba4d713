using ArtFresh.Contracts;
using CsCheck;

namespace ArtFresh.Art.Tests.Genomes;

public sealed class GenomeTests
{
    internal static readonly Gen<FamilyGenome> Any =
        from family in Gen.Enum<GenomeFamily>()
        from seed in Gen.ULong
        from palette in Gen.Enum<Palette>()
        from valence in Gen.Double[0, 1]
        from energy in Gen.Double[0, 1]
        select new FamilyGenome(family, seed, palette, new Mood(valence, energy));

    [Fact]
    public void TextIsReadBackAsTheSameGenome() => Any.Sample(genome => Genome.Parse(genome.ToString()) == genome);

    [Fact]
    public void TextIsFitForUrlsAndShort() =>
        Any.Sample(genome => Uri.EscapeDataString(genome.ToString()) == genome.ToString() && genome.ToString().Length <= 60);

    [Fact]
    public void OneChangedCharacterIsRefusedOrAnotherGenome() =>
        Gen.Select(Any, Gen.Int[0, 59], Gen.Char[" -0123456789abcdefgz_\0é"]).Sample((genome, at, character) =>
        {
            var text = genome.ToString();
            var changed = text.ToCharArray();
            changed[at % text.Length] = character;
            var altered = new string(changed);
            return altered == text || !Genome.TryParse(altered, out var read) || (read != genome && read.ToString() == altered);
        });

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1-ripple-9f3a0c0000000000-dusk-710")]
    [InlineData("1-ripple-9f3a0c0000000000-dusk-710-330-")]
    [InlineData("3-ripple-9f3a0c0000000000-dusk-710-330")]
    [InlineData("1-Ripple-9f3a0c0000000000-dusk-710-330")]
    [InlineData("1-0-9f3a0c0000000000-dusk-710-330")]
    [InlineData("1-ripple-9F3A0C0000000000-dusk-710-330")]
    [InlineData("1-ripple-9f3a0c-dusk-710-330")]
    [InlineData("1-ripple-9f3a0c0000000000-mud-710-330")]
    [InlineData("1-ripple-9f3a0c0000000000-dusk-1001-330")]
    [InlineData("1-ripple-9f3a0c0000000000-dusk-071-330")]
    [InlineData("1-ripple-9f3a0c0000000000-dusk-710--30")]
    [InlineData(" 1-ripple-9f3a0c0000000000-dusk-710-330")]
    public void TextThatIsNotCanonicalIsRefused(string text)
    {
        Assert.False(Genome.TryParse(text, out _));
        Assert.Contains("is not a genome", Assert.Throws<FormatException>(() => Genome.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EmptyTextIsNotAGenome() => Assert.False(Genome.TryParse(null, out _));

    [Theory]
    [InlineData(double.NaN, 0.5)]
    [InlineData(0.5, 1.01)]
    [InlineData(-0.01, 0.5)]
    public void MoodOutsideThePlaneIsRefused(double valence, double energy) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new FamilyGenome(GenomeFamily.Silk, 1, Palette.Dusk, new Mood(valence, energy)));
}
