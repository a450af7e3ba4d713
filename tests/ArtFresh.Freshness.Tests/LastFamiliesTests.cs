using ArtFresh.Contracts;

namespace ArtFresh.Freshness.Tests;

public sealed class LastFamiliesTests
{
    private static readonly string[] Names = ["ripple", "rosette", "ridge", "marble", "glass", "aurora", "orbit", "silk", "prism", "weave", "nebula", "terrace"];

    /// <summary>As many of each family as can be parted, in any order, after any four.</summary>
    [Fact]
    public void NoFamilyComesAgainWithinFour()
    {
        var random = new Random(7);
        for (var round = 0; round < 2_000; round++)
        {
            var (last, served) = (new LastFamilies(), new List<Artwork>());
            var count = random.Next(10, 130);
            for (var block = 0; block < 4; block++)
            {
                var ordered = last.Order(Block(random, count));
                foreach (var artwork in ordered)
                {
                    last.Add(artwork);
                }

                served.AddRange(ordered);
            }

            Assert.Empty(Again(served));
        }
    }

    [Fact]
    public void RightOrderIsLeftAsItIsAndArtWithoutAFamilyKeepsItsPlace()
    {
        Artwork[] right = [.. Names.Concat(Names).Select((name, i) => Of(i, name))];
        Assert.Equal(right, new LastFamilies().Order(right));

        Artwork[] mixed = [Of(1, null), Of(2, "ripple"), Of(3, null), Of(4, "ripple"), Of(5, "silk"), Of(6, null), Of(7, null)];
        Assert.Equal([1, 2, 3, 5, 4, 6, 7], new LastFamilies().Order(mixed).Select(artwork => artwork.ArtworkId));
        // Two pictures and silk lie between.
        Artwork[] pictures = [.. Enumerable.Range(0, 30).Select(i => Of(i, null))];
        Assert.Equal(pictures, new LastFamilies().Order(pictures));
    }

    [Fact]
    public void OneFamilyIsServedWhereThereIsNoOther()
    {
        Artwork[] all = [.. Enumerable.Range(0, 20).Select(i => Of(i, i < 17 ? "ripple" : "silk"))];

        var ordered = new LastFamilies().Order(all);

        Assert.Equal(all, ordered.OrderBy(artwork => artwork.ArtworkId));
    }

    [Fact]
    public void FamilyIsTheSecondPartOfAGenomeOfAnyVersion()
    {
        Assert.Equal(LastFamilies.Of(Of(1, "silk")), LastFamilies.Of(Of(2, null) with { Genome = "2-silk-0-x" }));
        Assert.NotEqual(LastFamilies.Of(Of(1, "silk")), LastFamilies.Of(Of(1, "glass")));
        Assert.All([null, "", "nonsense", "--"], text => Assert.Equal(0, LastFamilies.Of(Of(1, null) with { Genome = text })));
        Assert.Equal(Names.Length, Names.Select(name => LastFamilies.Of(Of(1, name))).Distinct().Count());
    }

    private static List<Artwork> Block(Random random, int count)
    {
        var (block, counts) = (new List<Artwork>(), new Dictionary<string, int>());
        while (block.Count < count)
        {
            var name = Names[random.Next(random.Next(Names.Length) + 1)];
            if ((counts[name] = counts.GetValueOrDefault(name) + 1) <= LastFamilies.MostOf(count))
            {
                block.Add(Of(block.Count, name));
            }
        }

        return block;
    }

    private static IEnumerable<Artwork> Again(List<Artwork> served) => served.Where((artwork, i) =>
        LastFamilies.Of(artwork) != 0 && served.Skip(Math.Max(0, i - LastFamilies.Apart)).Take(Math.Min(i, LastFamilies.Apart)).Any(before => LastFamilies.Of(before) == LastFamilies.Of(artwork)));

    private static Artwork Of(int id, string? family) =>
        new(id, "neural", family is null ? null : $"1-{family}-{id:x16}-dusk-500-500", null, Mood.Neutral, DateTimeOffset.UnixEpoch, "A title", null);
}
