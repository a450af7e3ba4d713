using System.Collections.Frozen;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace ArtFresh.Art;

/// <summary>
/// What a person takes in of a genome's picture at a glance, in four bytes: what is drawn, in which colours, and for version 2 in which symmetry and view. It is read off the
/// genome's text, and agrees with pairs that were judged by eye as well as measures of the picture do (docs/decisions/looks.md).
/// </summary>
public readonly record struct GenomeLook
{
    /// <summary>Palettes look alike when their stops are at most so far apart in Oklab's A and B, on average. The first stop is too dark to have a hue.</summary>
    private const double AlikeDistanceMax = 0.052;

    private const int FamilyShift = 16;
    private const int PaletteShift = 8;
    private const int SymmetryShift = 4;

    private static readonly FrozenDictionary<string, Palette>.AlternateLookup<ReadOnlySpan<char>> Palettes =
        Enum.GetValues<Palette>().ToFrozenDictionary(Genome.NameOf).GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly Palette[][] AlikePalettes = [.. Enum.GetValues<Palette>().Select(palette =>
        Enum.GetValues<Palette>().Where(other => Distance(palette, other) <= AlikeDistanceMax).ToArray())];

    private static readonly string Symmetries = LettersOf(0);
    private static readonly string Views = LettersOf(1);

    /// <summary>Views that leave the picture as it is, but for what stands around it.</summary>
    private static readonly bool[] IsPlainView = [.. BredRecipes.Traits[1].Select(view => view is "whole" or "panels" or "framed")];

    private GenomeLook(uint value) => Value = value;

    /// <summary>The look as it is stored: the family in the upper half, then the palette, and how it is seen.</summary>
    public uint Value { get; }

    /// <summary>A number for what is drawn.</summary>
    public ushort Family => (ushort)(Value >> FamilyShift);

    /// <summary>The look of a genome's text; null for another text, such as a genome of a release to come.</summary>
    public static GenomeLook? Of(ReadOnlySpan<char> genome)
    {
        Span<Range> words = stackalloc Range[8];
        return (genome.Split(words, '-'), genome is ['1', ..]) switch
        {
            (6, true) when Palettes.TryGetValue(genome[words[3]], out var palette) => Of(genome[words[1]], palette, 0),
            (7, false) when genome is ['2', ..] && Palettes.TryGetValue(genome[words[4]], out var palette) && genome[words[2]] is [var symmetry, var view, ..] =>
                OfBred(genome[words[1]], palette, Symmetries.IndexOf(symmetry, StringComparison.Ordinal), Views.IndexOf(view, StringComparison.Ordinal)),
            _ => null,
        };
    }

    /// <summary>The stored looks that are the same to the eye as this one, among them its own.</summary>
    public Span<uint> AlikeTo(Span<uint> buffer)
    {
        var alike = AlikePalettes[(byte)(Value >> PaletteShift)];
        for (var i = 0; i < alike.Length; i++)
        {
            buffer[i] = With(alike[i]);
        }

        return buffer[..alike.Length];
    }

    /// <summary>Length of a buffer for <see cref="AlikeTo"/>.</summary>
    public static int AlikeMax { get; } = Enum.GetValues<Palette>().Length;

    /// <summary>Whether two are the same to the eye.</summary>
    public bool IsAlike(GenomeLook other) => AlikeTo(stackalloc uint[AlikeMax]).Contains(other.Value);

    /// <summary>The look of a genome of version 1.</summary>
    internal static GenomeLook Of(GenomeFamily family, Palette palette) => Of(Genome.NameOf(family), palette, 0);

    /// <summary>The look of a genome of version 2.</summary>
    internal static GenomeLook OfBred(ReadOnlySpan<char> structure, Palette palette, int symmetry, int view) =>
        Of(structure, palette, (Math.Max(0, symmetry) << SymmetryShift) | (view < 0 || IsPlainView[view] ? 0 : view));

    private static GenomeLook Of(ReadOnlySpan<char> family, Palette palette, int seen) =>
        new(((uint)(ushort)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(family)) << FamilyShift) | ((uint)palette << PaletteShift) | (uint)seen);

    private static string LettersOf(int trait) => string.Concat(BredRecipes.Traits[trait].Select(word => word[0]));

    private static double Distance(Palette first, Palette second) =>
        Stops(first).Zip(Stops(second), (one, other) => Math.Sqrt(((one.A - other.A) * (one.A - other.A)) + ((one.B - other.B) * (one.B - other.B)))).Average();

    private static IEnumerable<Oklab> Stops(Palette palette) => GenomeRecipes.Of(palette).Stops.Skip(1).Select(Oklab.FromHex);

    private uint With(Palette palette) => (Value & ~(0xFFu << PaletteShift)) | ((uint)palette << PaletteShift);
}
