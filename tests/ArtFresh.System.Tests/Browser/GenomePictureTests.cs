using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ArtFresh.Art;
using ArtFresh.Contracts;
using Xunit;

namespace ArtFresh.SystemTests.Browser;

public sealed class GenomePictureTests(ArtPage art) : IClassFixture<ArtPage>
{
    private const int Side = 160;

    // One renderer for all pictures of the page: building its program is the slow part where there is no graphics card.
    private const string Draw = """
        async ([layers, motion, width, height]) => {
          globalThis.renderer ??= art.createArtRenderer(document.createElement("canvas"));
          if (renderer === null) throw new Error("no WebGL2");
          for (const { genome } of layers) if (!(await renderer.prepare(genome))) throw new Error(`${genome} can't be drawn`);
          renderer.resize(width, height);
          renderer.draw(layers, { ...art.atRest, ...motion });
          return btoa(Array.from(renderer.readPixels(), (byte) => String.fromCharCode(byte)).join(""));
        }
        """;

    public static TheoryData<GenomeFamily> Families => [.. Enum.GetValues<GenomeFamily>()];

    [Theory]
    [MemberData(nameof(Families))]
    public async Task BrowserAndServerDrawTheSamePicture(GenomeFamily family)
    {
        var worst = 0.0;
        foreach (var genome in Sample(family))
        {
            var difference = MeanDifference(Rendered(genome), await DrawnAsync([new(genome, 1)], width: Side, height: Side));
            worst = Math.Max(worst, difference);
            Assert.True(difference < 3, $"{genome} differs by {difference:0.000} of 255 on average");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{family}: mean difference at most {worst:0.000} of 255");
    }

    /// <summary>In turn with every symmetry, view, material and light.</summary>
    [Fact]
    public async Task BrowserAndServerDrawTheSameBredPicture()
    {
        var different = new List<string>();
        foreach (var genome in Bred())
        {
            var difference = MeanDifference(Rendered(genome), await DrawnAsync([new(genome, 1)], width: Side, height: Side));
            if (difference >= 3)
            {
                different.Add($"{genome} differs by {difference:0.000} of 255 on average");
            }
        }

        Assert.Empty(different);
    }

    [Fact]
    public async Task WideBredPictureIsTheSameToo()
    {
        var genome = Genome.Parse("2-truchet-nfse-9f3a0c0000000000-dusk-710-330");
        var wide = GenomeRenderer.RenderRgba(genome, Side * 2, Side, TestContext.Current.CancellationToken);

        Assert.True(MeanDifference(wide, await DrawnAsync([new(genome, 1)], Side * 2, Side)) < 3);
    }

    [Fact]
    public Task MusicMovesBredPictures() => AssertMusicMovesAsync(Genome.Parse("2-coral-nwse-9f3a0c0000000000-dusk-710-330"));

    /// <summary>What a page does with a genome of a release to come.</summary>
    [Fact]
    public async Task GenomeThatThePageDoesNotKnowIsNotDrawnByIt() =>
        Assert.False(await art.Page.EvaluateAsync<bool>(
            """async (text) => (globalThis.renderer ??= art.createArtRenderer(document.createElement("canvas"))).prepare(text)""", "3-new-9f3a0c0000000000-dusk-710-330"));

    [Fact]
    public async Task WideCanvasShowsTheMiddleOfTheSquare()
    {
        var genome = Sample(GenomeFamily.Glass).First();
        var square = Rendered(genome);
        var middle = square.AsSpan(Side * 4 * (Side / 4), Side * 4 * (Side / 2)).ToArray();

        Assert.True(MeanDifference(middle, await DrawnAsync([new(genome, 1)], width: Side, height: Side / 2)) < 3);
    }

    [Fact]
    public async Task CrossFadeMixesTwoPictures()
    {
        var (from, to) = (Sample(GenomeFamily.Ridge).First(), Sample(GenomeFamily.Rosette).First());
        var (first, second) = (Rendered(from), Rendered(to));
        var mixed = first.Zip(second, (a, b) => (byte)((a * 0.75) + (b * 0.25) + 0.5)).ToArray();

        Assert.True(MeanDifference(mixed, await DrawnAsync([new(from, 1), new(to, 0.25)], Side, Side)) < 3);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public Task MusicMovesThePicture(GenomeFamily family) => AssertMusicMovesAsync(Sample(family).First());

    [Fact]
    public async Task LostContextIsDrawnAgainOnceRestored()
    {
        var genome = Sample(GenomeFamily.Terrace).First();
        var base64 = await art.Page.EvaluateAsync<string>(
            """
            async ([genome, side]) => {
              const canvas = document.createElement("canvas");
              canvas.width = canvas.height = side;
              const renderer = art.createArtRenderer(canvas);
              const gl = canvas.getContext("webgl2");
              const handle = gl.getExtension("WEBGL_lose_context");
              const lost = new Promise((resolve) => canvas.addEventListener("webglcontextlost", resolve));
              handle.loseContext();
              await lost;
              renderer.draw([{ genome, opacity: 1 }], art.atRest);
              const restored = new Promise((resolve, reject) => {
                canvas.addEventListener("webglcontextrestored", resolve);
                setTimeout(() => reject(new Error("the context was not given back")), 120000);
              });
              // A context can be restored only in a later task than that of the event of its loss.
              await new Promise((resolve) => setTimeout(resolve, 0));
              handle.restoreContext();
              await restored;
              renderer.draw([{ genome, opacity: 1 }], art.atRest);
              return btoa(Array.from(renderer.readPixels(), (byte) => String.fromCharCode(byte)).join(""));
            }
            """,
            new object[] { genome.ToString(), Side });

        Assert.True(MeanDifference(Rendered(genome), Convert.FromBase64String(base64)) < 3);
    }

    [Fact]
    public async Task BrowserExpandsTheSameNetworkToTheLastBit()
    {
        var genomes = Enumerable.Range(0, 60)
            .Select(index => GenomeGenerator.Draw(new Mood(index % 8 / 7.0, index / 8 / 7.0), (ulong)index * 7919))
            .ToArray();
        var base64 = await art.Page.EvaluateAsync<string[]>(
            """
            (texts) => texts.map((text) => {
              const { family, values } = art.expandGenome(art.parseGenome(text));
              return family + ":" + btoa(Array.from(new Uint8Array(values.buffer), (byte) => String.fromCharCode(byte)).join(""));
            })
            """,
            genomes.Select(genome => genome.ToString()).ToArray());

        Assert.Equal(genomes.Select(genome => $"{(int)genome.Family}:{HashOf(MemoryMarshal.AsBytes(GenomeNetwork.Expand(genome).Values))}"), base64.Select(Hashed));

        var bred = Bred().ToArray();
        var numbers = await art.Page.EvaluateAsync<string[]>(
            "(texts) => texts.map((text) => btoa(Array.from(new Uint8Array(art.expandBred(art.parseBred(text)).values.buffer), (byte) => String.fromCharCode(byte)).join('')))",
            bred.Select(genome => genome.ToString()).ToArray());
        Assert.Equal(bred.Select(genome => HashOf(MemoryMarshal.AsBytes(new BredExpansion(genome).Run().AsSpan(0, BredNumbers.Length * 4)))), numbers.Select(text => HashOf(Convert.FromBase64String(text))));

        static string Hashed(string answer) =>
            $"{answer.Split(':')[0]}:{HashOf(Convert.FromBase64String(answer.Split(':')[1]))}";
    }

    [Theory]
    [InlineData("")]
    [InlineData("1-ripple-9f3a0c0000000000-dusk-710")]
    [InlineData("3-ripple-9f3a0c0000000000-dusk-710-330")]
    [InlineData("1-ripple-9F3A0C0000000000-dusk-710-330")]
    [InlineData("1-ripple-9f3a0c0000000000-dusk-1001-330")]
    [InlineData("1-ripple-9f3a0c0000000000-dusk-071-330")]
    [InlineData("1-constructor-9f3a0c0000000000-dusk-710-330")]
    public async Task BrowserRefusesWhatTheServerRefuses(string text)
    {
        Assert.False(Genome.TryParse(text, out _));
        var name = await art.Page.EvaluateAsync<string>("text => { try { art.parseGenome(text); return 'read'; } catch (error) { return error.name; } }", text);

        Assert.Equal("SyntaxError", name);
    }

    private async Task AssertMusicMovesAsync(Genome genome)
    {
        var still = await DrawnAsync([new(genome, 1)], Side, Side);
        var motions = new Dictionary<string, double> { ["time"] = 7, ["loudness"] = 1, ["onset"] = 1, ["brightness"] = 1, ["hue"] = 0.3 };
        foreach (var (name, value) in motions)
        {
            var moved = await DrawnAsync([new(genome, 1)], Side, Side, new Dictionary<string, double> { [name] = value });
            Assert.True(MeanDifference(still, moved) > 0.5, $"{name} does not move {genome}");
        }
    }

    private static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    private static IEnumerable<BredGenome> Bred() => BredRecipes.Structures.Keys.Select((structure, index) => new BredGenome(
        structure,
        new BredTraits(index % BredRecipes.Traits[0].Length, index % BredRecipes.Traits[1].Length, index % BredRecipes.Traits[2].Length, index * 3 % BredRecipes.Traits[3].Length),
        (ulong)(index + 1) * 0x9E3779B97F4A7C15,
        (Palette)(index % Enum.GetValues<Palette>().Length),
        new Mood(index % 5 / 4.0, index % 7 / 6.0)));

    private static IEnumerable<FamilyGenome> Sample(GenomeFamily family) =>
        from corner in Enumerable.Range(0, 4)
        let palette = (Palette)(((int)family * 4 + corner) % Enum.GetValues<Palette>().Length)
        select new FamilyGenome(family, (ulong)(1 + corner) * 0x9E3779B97F4A7C15, palette, new Mood(corner % 2, corner / 2 * 0.9));

    private static byte[] Rendered(Genome genome) => GenomeRenderer.RenderRgba(genome, Side, Side, TestContext.Current.CancellationToken);

    private async Task<byte[]> DrawnAsync(Layer[] layers, int width, int height, Dictionary<string, double>? motion = null)
    {
        var arguments = new object[]
        {
            layers.Select(layer => new { genome = layer.Genome.ToString(), opacity = layer.Opacity }).ToArray(),
            motion ?? [],
            width,
            height,
        };
        return Convert.FromBase64String(await art.Page.EvaluateAsync<string>(Draw, arguments));
    }

    private static double MeanDifference(byte[] expected, byte[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var sum = 0L;
        for (var index = 0; index < expected.Length; index++)
        {
            sum += index % 4 == 3 ? 0 : Math.Abs(expected[index] - actual[index]);
        }

        return sum / (expected.Length * 0.75);
    }

    private sealed record Layer(Genome Genome, double Opacity);
}
