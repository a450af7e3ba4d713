using System.Runtime.InteropServices;

namespace ArtFresh.Art;

/// <summary>What the last artworks look like that a listener was set aside, or that a pool was given, in four bytes each. Not thread-safe.</summary>
public sealed class RecentLooks
{
    /// <summary>The most that are kept.</summary>
    public const int Max = 500;

    private readonly List<uint> _looks = [];

    /// <summary>As they are stored, the last one last.</summary>
    public uint[] Values => [.. _looks];

    /// <summary>Those of stored looks, by <see cref="Values"/>.</summary>
    public static RecentLooks Of(IEnumerable<uint> values)
    {
        var recent = new RecentLooks();
        recent._looks.AddRange(values.TakeLast(Max));
        return recent;
    }

    /// <summary>Those of genomes, the last one last.</summary>
    public static RecentLooks OfGenomes(IEnumerable<string?> genomes)
    {
        var recent = new RecentLooks();
        recent.Add(genomes);
        return recent;
    }

    /// <summary>Adds the looks of the next genomes, and forgets the oldest beyond <see cref="Max"/>.</summary>
    public void Add(IEnumerable<string?> genomes)
    {
        ArgumentNullException.ThrowIfNull(genomes);
        foreach (var genome in genomes)
        {
            if (GenomeLook.Of(genome) is { } look)
            {
                _looks.Add(look.Value);
            }
        }

        _looks.RemoveRange(0, Math.Max(0, _looks.Count - Max));
    }

    /// <summary>Whether one of them is the same to the eye as this genome's picture; false for another text.</summary>
    public bool HasAlike(string? genome) => GenomeLook.Of(genome) is { } look && HasAlike(look);

    /// <summary>Whether one of them is the same to the eye.</summary>
    public bool HasAlike(GenomeLook look)
    {
        foreach (var alike in look.AlikeTo(stackalloc uint[GenomeLook.AlikeMax]))
        {
            if (CollectionsMarshal.AsSpan(_looks).Contains(alike))
            {
                return true;
            }
        }

        return false;
    }
}
