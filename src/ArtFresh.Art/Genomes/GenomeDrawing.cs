using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;
using Lanes = System.Numerics.Vector<float>;

namespace ArtFresh.Art;

/// <summary>A genome's picture at a size, drawn in rows.</summary>
internal abstract class GenomeDrawing(int width, int height, float step)
{
    /// <summary>The width of a pixel, in the picture's units.</summary>
    protected float Step => step;

    /// <summary>The drawing of a genome.</summary>
    public static GenomeDrawing Of(Genome genome, int width, int height) => genome switch
    {
        FamilyGenome family => new FamilyDrawing(GenomeNetwork.Expand(family), width, height),
        BredGenome bred => new BredDrawing(bred, width, height),
        _ => throw new NotSupportedException($"No drawing of {genome}."),
    };

    /// <summary>Draws rows of the picture into its pixels.</summary>
    public void RenderRows(byte[] pixels, int firstRow, int endRow)
    {
        Span<float> columns = stackalloc float[Lanes.Count];
        Span<Lanes> scratch = stackalloc Lanes[NetworkEvaluator.ScratchLength];
        for (var row = firstRow; row < endRow; row++)
        {
            var y = new Lanes(((height * 0.5f) - row - 0.5f) * step);
            var line = pixels.AsSpan(row * width * 4, width * 4);
            for (var column = 0; column < width; column += Lanes.Count)
            {
                for (var lane = 0; lane < Lanes.Count; lane++)
                {
                    columns[lane] = (column + lane + 0.5f - (width * 0.5f)) * step;
                }

                var (red, green, blue) = Colour(new Lanes(columns), y, scratch);
                Store(red, green, blue, line[(column * 4)..]);
            }
        }
    }

    /// <summary>Gamma-encoded sRGB in [0, 1] at the points (x, y), y upwards.</summary>
    protected abstract (Lanes Red, Lanes Green, Lanes Blue) Colour(Lanes x, Lanes y, Span<Lanes> scratch);

    private static void Store(Lanes red, Lanes green, Lanes blue, Span<byte> line)
    {
        var half = new Lanes(0.5f);
        var packed = Vector.ConvertToInt32((red * 255) + half)
            | (Vector.ConvertToInt32((green * 255) + half) << 8)
            | (Vector.ConvertToInt32((blue * 255) + half) << 16)
            | new Vector<int>(unchecked((int)0xFF000000));
        if (line.Length >= Lanes.Count * 4)
        {
            packed.CopyTo(MemoryMarshal.Cast<byte, int>(line));
            return;
        }

        for (var lane = 0; lane * 4 < line.Length; lane++)
        {
            MemoryMarshal.Write(line[(lane * 4)..], packed[lane]);
        }
    }
}

/// <summary>A picture of version 1, which is the square one's middle.</summary>
internal sealed class FamilyDrawing(GenomeNetwork network, int width, int height) : GenomeDrawing(width, height, 2f / Math.Max(width, height))
{
    protected override (Lanes Red, Lanes Green, Lanes Blue) Colour(Lanes x, Lanes y, Span<Lanes> scratch) => new NetworkEvaluator(network, Step, scratch).Colour(x, y);
}

/// <summary>A picture of version 2, whose shorter half side is 1.</summary>
internal sealed class BredDrawing : GenomeDrawing
{
    private static readonly ConcurrentDictionary<string, Lazy<Painter>> Painters = new();

    /// <summary>Where in a pixel the samples are, for one, two and four: rooks that see none of each other.</summary>
    private static readonly (float X, float Y)[][] Samples = [[(0, 0)], [(-0.25f, -0.25f), (0.25f, 0.25f)], [(-0.125f, -0.375f), (0.375f, -0.125f), (-0.375f, 0.125f), (0.125f, 0.375f)]];

    private readonly Painter _painter;
    private readonly float[] _numbers;
    private readonly int[] _choices;
    private readonly (float X, float Y)[] _samples;

    public BredDrawing(BredGenome genome, int width, int height)
        : base(width, height, 2f / Math.Min(width, height))
    {
        var recipe = BredRecipes.Structures[genome.Structure];
        var traits = genome.Traits;
        _painter = Painters.GetOrAdd(genome.Structure, static structure => new Lazy<Painter>(() => ShaderCompiler.Compile(BredRecipes.ShaderOf(structure)))).Value;
        _numbers = new BredExpansion(genome).Run();
        float[] drawing = [Step, width * Step * 0.5f, height * Step * 0.5f];
        drawing.CopyTo(_numbers, BredNumbers.Pixel * 4);
        _choices = [traits.Symmetry, traits.View, traits.Material, traits.Light, recipe.Relief > 0 ? 0 : 1];
        _samples = Samples[(recipe.Samples ?? 1) / 2];
    }

    protected override (Lanes Red, Lanes Green, Lanes Blue) Colour(Lanes x, Lanes y, Span<Lanes> scratch)
    {
        var (lightness, a, b) = (Lanes.Zero, Lanes.Zero, Lanes.Zero);
        foreach (var (right, up) in _samples)
        {
            _painter(_numbers, _choices, x + new Lanes(right * Step), y + new Lanes(up * Step), out var sampleLightness, out var sampleA, out var sampleB);
            (lightness, a, b) = (lightness + sampleLightness, a + sampleA, b + sampleB);
        }

        var share = new Lanes(1f / _samples.Length);
        return Oklab.ToSrgb(lightness * share, a * share, b * share);
    }
}
