using System.Diagnostics.CodeAnalysis;

namespace ArtFresh.Art;

/// <summary>The parts of a picture beside its structure and palette: indices of the recipes' words. The text form is the first letter of each.</summary>
public readonly record struct BredTraits
{
    private static readonly string[] Letters = [.. BredRecipes.Traits.Select(words => string.Concat(words.Select(word => word[0])))];

    /// <summary>Traits by their indices.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index has no word.</exception>
    public BredTraits(int symmetry, int view, int material, int light)
    {
        (Symmetry, View, Material, Light) = (symmetry, view, material, light);
        foreach (var (trait, index) in ((int[])[symmetry, view, material, light]).Index())
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Letters[trait].Length);
        }
    }

    /// <summary>How the structure is mirrored.</summary>
    public int Symmetry { get; }

    /// <summary>How it is looked at, and what stands around it.</summary>
    public int View { get; }

    /// <summary>What it is made of.</summary>
    public int Material { get; }

    /// <summary>The light on it.</summary>
    public int Light { get; }

    /// <summary>Reads the text form.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out BredTraits traits)
    {
        traits = default;
        if (text is not { Length: 4 })
        {
            return false;
        }

        var indices = text.Select((letter, trait) => Letters[trait].IndexOf(letter, StringComparison.Ordinal)).ToArray();
        if (indices.Min() < 0)
        {
            return false;
        }

        traits = new BredTraits(indices[0], indices[1], indices[2], indices[3]);
        return true;
    }

    /// <summary>The first letters of the four words.</summary>
    public override string ToString() => $"{Letters[0][Symmetry]}{Letters[1][View]}{Letters[2][Material]}{Letters[3][Light]}";
}
