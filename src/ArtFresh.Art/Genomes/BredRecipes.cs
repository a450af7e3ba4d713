using System.Text.Json;
using System.Text.Json.Serialization;

namespace ArtFresh.Art;

/// <summary>
/// A structure's ranges, from which a genome's seed draws. A range has two numbers, or four: its ends when calm, then when lively. The traits that suit the structure are
/// listed by their letters, those that suit it better more often. What is drawn on a night's ground names the least lightness of a palette that can be seen there.
/// </summary>
internal sealed record StructureRecipe(
    [property: JsonRequired] double[] Mood,
    double[]? Zoom,
    double? Turn,
    double? Offset,
    double[]? Warp,
    double[][]? Shape,
    double? Lightness,
    [property: JsonRequired] string Symmetry,
    [property: JsonRequired] string View,
    [property: JsonRequired] string Material,
    [property: JsonRequired] string Light,
    double? Relief,
    double[]? Gain,
    double[]? Shift,
    double[]? Glow,
    double? Shade,
    int? Samples);

/// <summary>The recipes of bred pictures, read once from the table that the browser's bundle imports too.</summary>
internal static class BredRecipes
{
    private sealed record Table([property: JsonRequired] string[][] Traits, [property: JsonRequired] Dictionary<string, StructureRecipe> Structures);

    private static readonly Table Read = JsonSerializer.Deserialize<Table>(Text("recipes.json"), JsonSerializerOptions.Web) ?? throw new InvalidOperationException("The recipes are empty.");

    /// <summary>The words of symmetry, view, material and light; each has another first letter.</summary>
    public static string[][] Traits => Read.Traits;

    /// <summary>The recipes by the name of the structure.</summary>
    public static Dictionary<string, StructureRecipe> Structures => Read.Structures;

    /// <summary>The shader of a structure's pictures.</summary>
    public static string ShaderOf(string structure)
    {
        var drawn = Text($"structures/{structure}.glsl");
        var solid = drawn.Contains(" scene(", StringComparison.Ordinal) ? Text("solid.glsl") : "";
        return Text("picture.glsl").Replace("void look(", $"{drawn}\n{solid}\nvoid look(", StringComparison.Ordinal);
    }

    private static string Text(string name)
    {
        using var stream = typeof(BredRecipes).Assembly.GetManifestResourceStream("ArtFresh.Art.bred." + name.Replace('/', '.'))
            ?? throw new InvalidOperationException($"{name} is missing from the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
