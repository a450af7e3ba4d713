using System.Collections.Immutable;
using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Catalogue;

/// <summary>A shelf's artworks of one cell of the mood grid. A position never changes: ids only grow and are read in order.</summary>
/// <param name="Pool">By which number a listener remembers what they have passed of it; cells themselves are the numbers of generated art.</param>
/// <param name="Collection">Null for the shelf of those without one.</param>
/// <param name="Ids">Ascending.</param>
internal sealed record ShelfCell(int Pool, string? Collection, ImmutableArray<long> Ids)
{
    /// <summary>The position of the first artwork with a higher id.</summary>
    public int PositionAfter(long artworkId)
    {
        var at = Ids.BinarySearch(artworkId);
        return at < 0 ? ~at : at + 1;
    }
}

/// <summary>Imported artworks by shelf and cell. Never changes.</summary>
/// <param name="Last">The last artwork's id.</param>
/// <param name="Unlicensed">Those that are left out for want of a licence; they keep their positions.</param>
internal sealed record ShelvedArtworks(
    long Epoch, ImmutableArray<CollectionShelf> Shelves, long Last, ImmutableDictionary<(int Shelf, int Cell), ImmutableArray<long>> Ids, ImmutableHashSet<long> Unlicensed)
{
    public static readonly ShelvedArtworks Nothing = new(0, [], 0, ImmutableDictionary<(int, int), ImmutableArray<long>>.Empty, []);

    /// <summary>By cell, what is served.</summary>
    private ImmutableArray<ShelfCell>[] _open = [.. Enumerable.Repeat(ImmutableArray<ShelfCell>.Empty, MoodGrid.CellCount)];
    private ImmutableHashSet<string> _closed = [];

    /// <summary>The shelves that are served.</summary>
    public ImmutableHashSet<int> OpenShelves { get; private init; } = [];

    /// <summary>Where artworks stand whose collection has no shelf.</summary>
    private int Common => Shelves.LastOrDefault(shelf => shelf.Collection is null)?.Number ?? 0;

    public bool IsOpen(string? collection) => collection is null || !_closed.Contains(collection);

    public ImmutableArray<ShelfCell> OpenIn(int cell) => _open[cell];

    /// <summary>Whether these are the shelves; when they are served may differ.</summary>
    public bool HasShelves(IReadOnlyList<CollectionShelf> shelves) =>
        Shelves.Select(shelf => (shelf.Number, shelf.Collection)).SequenceEqual(shelves.Select(shelf => (shelf.Number, shelf.Collection)));

    /// <summary>Adds artworks, of which none is older.</summary>
    public ShelvedArtworks With(IReadOnlyList<ImportedArtwork> imported, bool isLicenceRequired)
    {
        var byCollection = Shelves.Where(shelf => shelf.Collection is not null).ToDictionary(shelf => shelf.Collection!, shelf => shelf.Number);
        var (ids, common) = (Ids.ToBuilder(), Common);
        foreach (var place in imported.GroupBy(artwork => (artwork.Collection is { } name ? byCollection.GetValueOrDefault(name, common) : common, artwork.Pool)))
        {
            ids[place.Key] = [.. ids.GetValueOrDefault(place.Key, []), .. place.Select(artwork => artwork.ArtworkId)];
        }

        return this with
        {
            Last = imported[^1].ArtworkId,
            Ids = ids.ToImmutable(),
            Unlicensed = isLicenceRequired ? Unlicensed.Union(imported.Where(artwork => !artwork.IsLicensed).Select(artwork => artwork.ArtworkId)) : Unlicensed,
        };
    }

    /// <summary>The shelves that are served at a time.</summary>
    public IEnumerable<int> OpenAt(DateTimeOffset now) => Shelves.Where(shelf => shelf.IsOpenAt(now)).Select(shelf => shelf.Number);

    /// <summary>With what is served at a time.</summary>
    public ShelvedArtworks At(DateTimeOffset now)
    {
        var byNumber = Shelves.ToDictionary(shelf => shelf.Number);
        var open = Ids.Where(place => !byNumber.TryGetValue(place.Key.Shelf, out var shelf) || shelf.IsOpenAt(now))
            .GroupBy(place => place.Key.Cell)
            .ToDictionary(
                cell => cell.Key,
                cell => cell.OrderByDescending(place => place.Value[^1])
                    .Select(place => new ShelfCell(((place.Key.Shelf + 1) * MoodGrid.CellCount) + cell.Key, byNumber.GetValueOrDefault(place.Key.Shelf)?.Collection, place.Value))
                    .ToImmutableArray());
        return this with
        {
            _open = [.. Enumerable.Range(0, MoodGrid.CellCount).Select(cell => open.GetValueOrDefault(cell, []))],
            _closed = [.. Shelves.Where(shelf => !shelf.IsOpenAt(now)).Select(shelf => shelf.Collection).OfType<string>()],
            OpenShelves = [.. OpenAt(now)],
        };
    }
}
