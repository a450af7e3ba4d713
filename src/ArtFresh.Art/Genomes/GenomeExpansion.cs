namespace ArtFresh.Art;

/// <summary>Draws the numbers of a genome of version 1 from its recipe; the browser's copy is in genome.ts.</summary>
internal sealed class GenomeExpansion(FamilyGenome genome) : GenomeDraws(genome, GenomeNetwork.Length)
{
    private const double GoldenCosine = -0.7373688780783197;
    private const double GoldenSine = 0.6754902942615238;
    private const double HalfRoot = 0.7071067811865476;

    private readonly FamilyRecipe _recipe = GenomeRecipes.Of(genome.Family);

    public float[] Run()
    {
        PlaceCamera();
        PlaceFolds();
        var frequency = Draw(_recipe.Warp.Frequency);
        PlaceWarp(GenomeNetwork.Warp, GenomeNetwork.WarpSteps, frequency, Draw(_recipe.Warp.Amplitude));
        PlaceShape();
        PlaceSites();
        PlacePeriodic();
        var weight = Draw(_recipe.Network.Weight);
        PlaceLayer(GenomeNetwork.Weights1, GenomeNetwork.InputCount * 3, weight);
        PlaceLayer(GenomeNetwork.Bias1, 3, 0.6);
        PlaceLayer(GenomeNetwork.Weights2, GenomeNetwork.HiddenCount * 3, weight);
        PlaceLayer(GenomeNetwork.Bias2, 3, 0.4);
        PlaceLayer(GenomeNetwork.Weights3, GenomeNetwork.HiddenCount * 2, 0.8);
        PlaceLayer(GenomeNetwork.Bias3, 1, 0.3);
        PlaceActivations(GenomeNetwork.Activations1);
        PlaceActivations(GenomeNetwork.Activations2);
        PlaceColour();
        PlacePalette(GenomeNetwork.Stops, GenomeNetwork.Accent);
        return Values;
    }

    private void PlaceCamera()
    {
        var zoom = Draw(_recipe.Zoom);
        var (cosine, sine) = Turn(Draw(_recipe.Turn));
        Put(GenomeNetwork.Camera, zoom * cosine, zoom * sine, Draw(_recipe.Offset), Draw(_recipe.Offset));
    }

    private void PlaceFolds()
    {
        var folded = Random.NextUnit() < Lively(_recipe.Symmetry[0], _recipe.Symmetry[1]);
        var kind = Random.NextIndex(8);
        var (first, second, third) = (folded, folded && kind >= 5, folded && kind == 7);
        Put(GenomeNetwork.Folds, first ? 1 : 0, 0, 0, second ? 1 : 0);
        Put(GenomeNetwork.Folds + 1, third ? HalfRoot : 0, third ? -HalfRoot : 0, Draw(_recipe.Colour.Vignette), Draw(_recipe.Colour.Relief));
    }

    private void PlaceShape()
    {
        for (var index = 0; index < GenomeNetwork.ShapeCountMax; index++)
        {
            if (index < _recipe.Shape.Length)
            {
                var value = Draw(_recipe.Shape[index].Range);
                Values[(GenomeNetwork.Shape * 4) + index] = (float)(_recipe.Shape[index].Whole ? Math.Floor(value) : value);
            }
        }
    }

    private void PlaceSites()
    {
        var sites = _recipe.Sites;
        var (spiralX, spiralY) = Direction();
        for (var index = 0; index < sites.Count; index++)
        {
            var (x, y) = (Draw(sites.X), Draw(sites.Y));
            var (z, w) = (Draw(sites.Z), Draw(sites.W));
            var (jitterX, jitterY) = (Between(-1, 1), Between(-1, 1));
            switch (sites.Layout)
            {
                case "scatter":
                    break;
                case "spiral":
                    // The golden angle spreads the sites evenly (Vogel, "A better way to construct the sunflower head", 1979); y jitters them.
                    (spiralX, spiralY) = ((spiralX * GoldenCosine) - (spiralY * GoldenSine), (spiralX * GoldenSine) + (spiralY * GoldenCosine));
                    var radius = sites.X[0] * Math.Sqrt((index + 0.5) / sites.Count);
                    (x, y) = ((radius * spiralX) + (jitterX * y), (radius * spiralY) + (jitterY * y));
                    break;
                case "lines":
                    (y, w) = (w, z);
                    var (normalX, normalY) = Turn(jitterX);
                    (x, y, z) = (jitterY < 0 ? -normalX : normalX, normalY, x);
                    break;
                case "ordered":
                    x = sites.X[0] + ((sites.X[1] - sites.X[0]) * index / (sites.Count - 1)) + (jitterX * 0.04);
                    break;
                case "rings":
                    var rest = 1 - ((double)index / (sites.Count - 1));
                    var (cosine, sine) = Turn(y);
                    var side = index % 2 == 0 ? 1 : -1;
                    (x, y, z, w) = (sites.X[1] + ((sites.X[0] - sites.X[1]) * rest * (0.6 + (0.4 * rest))), side * cosine, side * sine, z + w);
                    break;
                default:
                    throw new InvalidOperationException($"The recipes name no layout '{sites.Layout}'.");
            }

            Put(GenomeNetwork.Sites + index, x, y, z, w);
        }
    }

    private void PlacePeriodic()
    {
        for (var index = 0; index < 4; index++)
        {
            var (x, y) = Direction();
            var frequency = Between(Lively(0.25, 0.45), Lively(0.7, 1.5));
            Put(GenomeNetwork.Periodic + index, x * frequency, y * frequency, Random.NextUnit(), 0);
        }
    }

    private void PlaceLayer(int row, int rows, double scale)
    {
        for (var index = 0; index < rows * 4; index++)
        {
            // The sum of two draws: small weights often, large ones seldom.
            Values[(row * 4) + index] = (float)((Random.NextUnit() + Random.NextUnit() - 1) * scale);
        }
    }

    private void PlaceActivations(int row) =>
        Put(row, Random.NextIndex(4), Random.NextIndex(4), Random.NextIndex(4), 0);

    private void PlaceColour()
    {
        var (network, colour) = (_recipe.Network, _recipe.Colour);
        Put(GenomeNetwork.Gains, Draw(network.Tone), Draw(network.Tint), Draw(network.Chroma), Draw(network.Glow));
        var contrast = Lively(0.92, 1.15);
        var brightness = (Valence - 0.5) * 0.3;
        Put(GenomeNetwork.Colour, Draw(colour.Gain) * contrast, Draw(colour.Shift) + brightness, Draw(colour.Tint), Draw(colour.Glow));
        var (lightX, lightY) = Turn(Between(0.15, 0.85));
        Put(GenomeNetwork.Light, Draw(colour.Shade), Random.NextIndex(2) == 0 ? lightX : -lightX, lightY, 0);
    }
}
