using System.Globalization;
using ArtFresh.Art;
using ArtFresh.Contracts;
using Xunit;

namespace ArtFresh.SystemTests.Browser;

public sealed class GenomeDrawTests(ArtPage art) : IClassFixture<ArtPage>
{
    private const int Side = 32;

    [Fact]
    public async Task BrowserMakesTheServersGenomeOfEachSeed()
    {
        ulong[] seeds = [.. Enumerable.Range(0, 512).Select(i => (ulong)i), .. Enumerable.Range(1, 64).Select(i => unchecked((ulong)i * 0x9E37_79B9_7F4A_7C15))];
        var made = await art.Page.EvaluateAsync<string[]>("(seeds) => seeds.map((seed) => art.grantedGenome(BigInt(seed)))", seeds.Select(seed => seed.ToString(CultureInfo.InvariantCulture)));

        Assert.Equal(seeds.Select(seed => GrantedGenomes.Of(seed).ToString()), made);
    }

    [Fact]
    public async Task BrowserScoresThumbnailsAsTheServerDoes()
    {
        foreach (var seed in Enumerable.Range(1, 24))
        {
            var genome = GenomeGenerator.Draw(new Mood(seed / 25.0, seed * 7 % 25 / 25.0), (ulong)seed);
            var pixels = GenomeRenderer.RenderRgba(genome, Side, Side, TestContext.Current.CancellationToken);

            var scored = await art.Page.EvaluateAsync<double>(
                "([pixels, energy]) => art.scorePicture(Uint8Array.from(atob(pixels), (byte) => byte.charCodeAt(0)), energy)",
                new object[] { Convert.ToBase64String(pixels), genome.Mood.Energy });

            Assert.Equal(GenomeGenerator.Score(genome), scored, 9);
        }
    }

    [Fact]
    public async Task OfTheSeedsThatItLooksAtItTakesTheBest()
    {
        var drawn = await art.Page.EvaluateAsync<string[]>(
            """
            () => {
              const score = art.createScore();
              let next = 16384n * 5n;
              const looked = [];
              const genome = art.drawGenome(() => next++, (text) => { looked.push([score(text), text]); return looked[looked.length - 1][0]; });
              const [, best] = [...looked].sort(([one], [other]) => other - one)[0];
              return [genome, best, String(looked.length), String(looked.filter(([points]) => points > 0).length)];
            }
            """);

        Assert.Equal(drawn[1], drawn[0]);
        Assert.True(Genome.TryParse(drawn[0], out _));
        Assert.True(drawn[3] == "4" || drawn[2] == "10", $"looked at {drawn[2]} and took {drawn[3]}");
    }
}
