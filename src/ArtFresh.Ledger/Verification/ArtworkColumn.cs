namespace ArtFresh.Ledger;

/// <summary>A number for each artwork, 0 by default. Takes eight bytes an artwork, because ids are dense.</summary>
internal sealed class ArtworkColumn
{
    private const int PageArtworks = 4096;

    private readonly Dictionary<long, long[]> _pages = [];

    public long this[long artworkId]
    {
        get => _pages.TryGetValue(artworkId / PageArtworks, out var page) ? page[artworkId % PageArtworks] : 0;
        set
        {
            if (!_pages.TryGetValue(artworkId / PageArtworks, out var page))
            {
                page = _pages[artworkId / PageArtworks] = new long[PageArtworks];
            }

            page[artworkId % PageArtworks] = value;
        }
    }

    /// <summary>The numbers that are set, by artwork.</summary>
    public IEnumerable<(long ArtworkId, long Value)> All() =>
        from page in _pages
        from slot in Enumerable.Range(0, PageArtworks)
        where page.Value[slot] != 0
        select ((page.Key * PageArtworks) + slot, page.Value[slot]);
}
