using ArtFresh.Contracts;

namespace ArtFresh.Art;

/// <summary>One file of a catalogue, and what the catalogue itself says of it; what it leaves open comes from the file.</summary>
public sealed record CatalogueEntry
{
    /// <summary>The full path of the file.</summary>
    public required string Path { get; init; }

    /// <summary>The artwork's title, or null.</summary>
    public string? Title { get; init; }

    /// <summary>Who made it, or null.</summary>
    public string? Author { get; init; }

    /// <summary>Where it was found, as the catalogue says it, or null.</summary>
    public string? Source { get; init; }

    /// <summary>The licence, a name or an address, or null.</summary>
    public string? Licence { get; init; }

    /// <summary>The mood that the catalogue gives it, or null: then it comes from the colours.</summary>
    public Mood? Mood { get; init; }
}

/// <summary>Something in a catalogue that cannot be taken.</summary>
/// <param name="Where">A file's path, or a CSV's path and line (<c>art.csv:12</c>).</param>
/// <param name="Reason">Why, as a sentence.</param>
public sealed record CatalogueFault(string Where, string Reason);
