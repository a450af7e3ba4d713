using System.Text.Json;
using System.Text.Json.Serialization;

namespace ArtFresh.Art;

/// <summary>A family's ranges, from which a genome's seed draws. A range has two numbers, or four: its ends when calm, then when lively.</summary>
internal sealed record FamilyRecipe(
    [property: JsonRequired] double[] Mood,
    [property: JsonRequired] double[] Zoom,
    [property: JsonRequired] double[] Turn,
    [property: JsonRequired] double[] Offset,
    [property: JsonRequired] double[] Symmetry,
    [property: JsonRequired] WarpRecipe Warp,
    [property: JsonRequired] ShapeRecipe[] Shape,
    [property: JsonRequired] SitesRecipe Sites,
    [property: JsonRequired] NetworkRecipe Network,
    [property: JsonRequired] ColourRecipe Colour);

/// <summary>How far and how finely space is bent before the forms are laid on it.</summary>
internal sealed record WarpRecipe(double[] Frequency, double[] Amplitude);

/// <summary>One number of a family's formulas.</summary>
internal sealed record ShapeRecipe(string Name, double[] Range, bool Whole = false);

/// <summary>The places (waves, panes, petals, hills …) that a family's formulas loop over.</summary>
internal sealed record SitesRecipe(int Count, string Layout, double[] X, double[] Y, double[] Z, double[] W);

/// <summary>How much the network adds to each of its four outputs, and how large its weights are.</summary>
internal sealed record NetworkRecipe(double[] Tone, double[] Tint, double[] Chroma, double[] Glow, double[] Weight);

/// <summary>How the outputs become colour.</summary>
internal sealed record ColourRecipe(
    double[] Gain, double[] Shift, double[] Tint, double[] Glow, double[] Shade, double[] Relief, double[] Vignette);

/// <summary>Five stops from dark to light and an accent, as <c>#rrggbb</c>, and the mood that the palette fits best.</summary>
internal sealed record PaletteRecipe([property: JsonRequired] double[] Mood, [property: JsonRequired] string[] Stops, [property: JsonRequired] string Accent)
{
    /// <summary>The mean lightness of the stops in Oklab.</summary>
    public double Lightness { get; } = Stops.Average(static stop => Oklab.FromHex(stop).L);
}

/// <summary>The recipes of all families and palettes, read once from the table that the browser's bundle imports too.</summary>
internal sealed record GenomeRecipes(Dictionary<string, FamilyRecipe> Families, Dictionary<string, PaletteRecipe> Palettes)
{
    private static readonly GenomeRecipes Table = Read();

    /// <summary>The recipe of a family.</summary>
    public static FamilyRecipe Of(GenomeFamily family) => Table.Families[Genome.NameOf(family)];

    /// <summary>The recipe of a palette.</summary>
    public static PaletteRecipe Of(Palette palette) => Table.Palettes[Genome.NameOf(palette)];

    private static GenomeRecipes Read()
    {
        using var stream = typeof(GenomeRecipes).Assembly.GetManifestResourceStream("ArtFresh.Art.recipes.json")
            ?? throw new InvalidOperationException("The recipes are missing from the assembly.");
        return JsonSerializer.Deserialize<GenomeRecipes>(stream, JsonSerializerOptions.Web)
            ?? throw new InvalidOperationException("The recipes are empty.");
    }
}
