using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Server;

/// <summary>
/// The first views of a backfill's artworks. They are gathered while rows are read, and written before the artworks are in anybody's set, once for each artwork and not for each
/// of its rows.
/// </summary>
/// <param name="run">The run's number; null for a dry run, which writes nothing.</param>
internal sealed class BackfillViews(OpenLedger ledger, BackfillNames names, long? run)
{
    /// <summary>Artworks whose views are kept in memory. Of two writes the earlier time wins.</summary>
    private const int ArtworksMax = 100_000;

    /// <summary>Artworks in one transaction: no other waits long for it.</summary>
    private const int ArtworksPerEntry = 2_000;

    private readonly Dictionary<string, DateTimeOffset> _first = [];

    /// <summary>Whether there is no room for more.</summary>
    public bool IsFull => _first.Count >= ArtworksMax;

    /// <summary>Takes the time of a row.</summary>
    public void Note(BackfillRow row)
    {
        if (run is not null && (!_first.TryGetValue(row.Artwork, out var earlier) || row.ViewedAt < earlier))
        {
            _first[row.Artwork] = row.ViewedAt;
        }
    }

    /// <summary>Writes what is gathered.</summary>
    /// <param name="check">Called before each transaction.</param>
    public async Task WriteAsync(Func<Task> check, CancellationToken cancellationToken)
    {
        if (_first.Count == 0)
        {
            return;
        }

        var ids = await names.FindAsync(_first.Keys, cancellationToken);
        var viewedAt = new Dictionary<long, DateTimeOffset>();
        foreach (var (name, time) in _first)
        {
            // Several names may be of one artwork.
            if (ids[name] is { } artworkId && (!viewedAt.TryGetValue(artworkId, out var earlier) || time < earlier))
            {
                viewedAt[artworkId] = time;
            }
        }

        _first.Clear();
        foreach (var some in viewedAt.OrderBy(view => view.Key).Chunk(ArtworksPerEntry))
        {
            await check();
            if (await ledger.Writer.EnterAsync([new ViewsBackfilled(some.ToDictionary(), run!.Value)], cancellationToken) is not [LedgerVerdict.Committed])
            {
                throw new LedgerUnavailableException("The ledger cannot be written.");
            }
        }
    }
}
