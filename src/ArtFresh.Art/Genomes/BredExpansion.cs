namespace ArtFresh.Art;

/// <summary>Draws the numbers of a genome of version 2 from its recipe; the browser's copy is in bred.ts.</summary>
internal sealed class BredExpansion(BredGenome genome) : GenomeDraws(genome, BredNumbers.Length + 1)
{
    private static readonly double[] Zoom = [0.9, 1.2];
    private static readonly double[] Warp = [0.4, 0.8, 0.0, 0.06];
    private static readonly double[] Gain = [0.9, 1.15];
    private static readonly double[] Shift = [-0.15, 0.15];
    private static readonly double[] Glow = [0.5, 0.95];

    private readonly StructureRecipe _recipe = BredRecipes.Structures[genome.Structure];

    /// <summary>The numbers; the last row is the drawing's.</summary>
    public float[] Run()
    {
        var zoom = Draw(_recipe.Zoom ?? Zoom);
        var (cosine, sine) = Turn(Between(-1, 1) * (_recipe.Turn ?? 0));
        var offset = _recipe.Offset ?? 0;
        Put(BredNumbers.Camera, zoom * cosine, zoom * sine, Between(-offset, offset), Between(-offset, offset));
        Put(BredNumbers.Folds, 3 + Random.NextIndex(6), Between(0.28, 0.5), Between(0.1, 0.6), _recipe.Relief ?? 0);
        var warp = _recipe.Warp ?? Warp;
        var frequency = Between(warp[0], warp[1]);
        PlaceWarp(BredNumbers.Warp, BredNumbers.WarpSteps, frequency, Between(warp[2], warp[3]) * Lively(0.7, 1.3));
        for (var index = 0; index < BredNumbers.ShapeCountMax; index++)
        {
            var range = _recipe.Shape is { } shape && index < shape.Length ? shape[index] : [0, 1];
            Values[(BredNumbers.Shape * 4) + index] = (float)Draw(range);
        }

        Put(BredNumbers.Colour, Draw(_recipe.Gain ?? Gain) * Lively(0.92, 1.15), Draw(_recipe.Shift ?? Shift) + ((Valence - 0.5) * 0.3), Between(0.4, 1.2), Draw(_recipe.Glow ?? Glow));
        var (lightX, lightY) = Turn(Between(0.15, 0.85));
        Put(BredNumbers.Light, Random.NextIndex(2) == 0 ? lightX : -lightX, lightY, Between(0.5, 1), _recipe.Shade ?? 0.5);
        var (markX, markY) = Turn(Between(-1, 1));
        Put(BredNumbers.Material, Between(0.75, 1.35), Between(0.5, 1), markX, markY);
        Put(BredNumbers.Place, Random.NextIndex(4096), Random.NextIndex(4096), Between(0, 1), Random.NextIndex(2) == 0 ? Between(0.02, 0.15) : Between(0.85, 0.98));
        PlacePalette(BredNumbers.Stops, BredNumbers.Accent);
        return Values;
    }
}
