using ArtFresh.Contracts;

namespace ArtFresh.Art;

/// <summary>One file of a catalogue with the catalogue's metadata. The importer takes missing metadata from the file.</summary>
public sealed record CatalogueEntry
{
    /// <summary>The full path of the file.</summary>
    public required string Path { get; init; }

    /// <summary>The artwork's title, or null.</summary>
    public string? Title { get; init; }

    /// <summary>The author, or null.</summary>
    public string? Author { get; init; }

    /// <summary>Where the catalogue says it was found, or null.</summary>
    public string? Source { get; init; }

    /// <summary>The licence, a name or an address, or null.</summary>
    public string? Licence { get; init; }

    /// <summary>The collection, or null.</summary>
    public string? Collection { get; init; }

    /// <summary>How it was made: a code of IPTC's Digital Source Type or its address, or null.</summary>
    public string? DigitalSourceType { get; init; }

    /// <summary>The mood; null to compute it from the colours.</summary>
    public Mood? Mood { get; init; }
}

/// <summary>An entry of a catalogue that cannot be imported.</summary>
/// <param name="Where">A file's path, or a CSV's path and line (<c>art.csv:12</c>).</param>
/// <param name="Reason">Why, as a sentence.</param>
public sealed record CatalogueFault(string Where, string Reason);
