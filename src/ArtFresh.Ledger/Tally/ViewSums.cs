using System.Collections;
using System.Runtime.InteropServices;
using ArtFresh.Freshness;

namespace ArtFresh.Ledger;

/// <summary>
/// Views to add, summed by page of adjacent artworks, as the ledger stores them. A second of full load views most artworks: a table by artwork would
/// exceed the processor's caches and hash each id three times.
/// </summary>
public sealed class ViewSums : IEnumerable<ViewsAdded>
{
    private readonly Dictionary<long, PageOfViews> _pages = [];

    /// <summary>The pages with views, in ascending order.</summary>
    public IEnumerable<PageOfViews> Pages => _pages.Values.Where(page => page.HasViews).OrderBy(page => page.Number);

    /// <summary>Adds views of <see cref="NotedViews"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public void Add(ReadOnlySpan<byte> packed)
    {
        foreach (var views in PackedViews.Unpack(packed))
        {
            PageOf(views.ArtworkId).Add(views.ArtworkId, views.Count, views.LastViewedAtMs);
        }
    }

    /// <summary>Adds views of one artwork.</summary>
    public void Add(ViewsAdded views) => PageOf(views.ArtworkId).Add(views.ArtworkId, views.Count, views.LastViewedAt.ToUnixTimeMilliseconds());

    /// <summary>Adds a view of each artwork.</summary>
    public void Add(ReadOnlySpan<long> artworkIds, DateTimeOffset viewedAt)
    {
        var viewedAtMs = viewedAt.ToUnixTimeMilliseconds();
        foreach (var artworkId in artworkIds)
        {
            PageOf(artworkId).Add(artworkId, 1, viewedAtMs);
        }
    }

    /// <summary>Clears the sums but keeps the pages allocated: under load the next second needs the same ones.</summary>
    public void Clear()
    {
        foreach (var page in _pages.Values)
        {
            if (page.HasViews)
            {
                page.Clear();
            }
            else
            {
                _pages.Remove(page.Number);
            }
        }
    }

    /// <summary>The pages, in no order.</summary>
    public IEnumerator<ViewsAdded> GetEnumerator() => _pages.Values.SelectMany(page => page.Views).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private PageOfViews PageOf(long artworkId)
    {
        var number = PageOfViews.NumberOf(artworkId);
        ref var page = ref CollectionsMarshal.GetValueRefOrAddDefault(_pages, number, out _);
        return page ??= new PageOfViews(number);
    }
}

/// <summary>Views of up to <see cref="ArtworkCount"/> artworks with adjacent ids.</summary>
/// <param name="number">The artworks' ids divided by their count.</param>
public sealed class PageOfViews(long number)
{
    /// <summary>Artworks of a page.</summary>
    public const int ArtworkCount = 256;

    private readonly (long LastViewedAtMs, int Count)[] _views = new (long, int)[ArtworkCount];

    /// <summary>The page's number.</summary>
    public long Number => number;

    /// <summary>Whether the page has views.</summary>
    public bool HasViews { get; private set; }

    /// <summary>The artworks that have views.</summary>
    public IEnumerable<ViewsAdded> Views
    {
        get
        {
            for (var i = 0; i < ArtworkCount; i++)
            {
                if (_views[i] is (var lastViewedAtMs, > 0 and var count))
                {
                    yield return new ViewsAdded((number * ArtworkCount) + i, count, DateTimeOffset.FromUnixTimeMilliseconds(lastViewedAtMs));
                }
            }
        }
    }

    /// <summary>The page that an artwork is on.</summary>
    public static long NumberOf(long artworkId) => artworkId / ArtworkCount;

    internal void Add(long artworkId, int count, long viewedAtMs)
    {
        ref var views = ref _views[artworkId % ArtworkCount];
        views = (Math.Max(views.LastViewedAtMs, viewedAtMs), views.Count + count);
        HasViews = true;
    }

    internal void Clear()
    {
        Array.Clear(_views);
        HasViews = false;
    }
}
