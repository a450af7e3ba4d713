using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Grains.Artworks;
using ArtFresh.Grains.MoodPool;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Catalogue;

/// <summary>
/// The ids of all imported artworks, in this silo's memory, on the shelves of their collections: read whole before the silo takes calls, and then once a second what is new.
/// So a listener's grain picks from them without a call, and passes over a collection whose time has not come or is over. Thread-safe.
/// </summary>
public sealed partial class CatalogueShelves(
    ICollections collections, IArtworkCatalogue catalogue, KnownArtworks known, AlikeArtworks alike, ILedgerEpochs epochs, MoodPoolOptions options, TimeProvider clock, ILogger<CatalogueShelves> logger) : SiloWork
{
    /// <summary>How often the ledger is asked for new artworks and windows.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private const int ArtworksPerRead = 10_000;

    private ShelvedArtworks _shelved = ShelvedArtworks.Nothing;
    private int _closings;

    /// <summary>Grows whenever the time of a collection ends: sessions then drop what they hold of it.</summary>
    public int Closings => Volatile.Read(ref _closings);

    /// <summary>Whether an artwork's collection is served. Generated art always is.</summary>
    public bool IsOpen(Artwork artwork)
    {
        ArgumentNullException.ThrowIfNull(artwork);
        return artwork.Generator != Artwork.Imported || Volatile.Read(ref _shelved).IsOpen(artwork.Credit?.Collection);
    }

    /// <summary>What is served of a cell of the mood grid, the shelf with the newest artwork first.</summary>
    internal ImmutableArray<ShelfCell> OpenIn(int cell) => Volatile.Read(ref _shelved).OpenIn(cell);

    /// <summary>Whether an artwork is left out for want of a licence.</summary>
    internal bool IsUnlicensed(long artworkId) => Volatile.Read(ref _shelved).Unlicensed.Contains(artworkId);

    /// <summary>The artworks with these ids, in their order.</summary>
    internal async Task<IEnumerable<Artwork>> ReadAsync(IReadOnlyCollection<long> ids)
    {
        var found = ids.Select(known.Find).OfType<Artwork>().ToDictionary(artwork => artwork.ArtworkId);
        if (found.Count < ids.Count)
        {
            foreach (var artwork in await catalogue.ReadArtworksAsync([.. ids.Where(id => !found.ContainsKey(id))], CancellationToken.None).ConfigureAwait(true))
            {
                found[artwork.ArtworkId] = known.Shared(artwork);
            }
        }

        return ids.Where(found.ContainsKey).Select(id => found[id]);
    }

    /// <inheritdoc/>
    public override void Participate(ISiloLifecycle lifecycle)
    {
        // Before any grain is called: a silo that does not know the catalogue would serve generated art in its place.
        lifecycle.Subscribe(GetType().Name, ServiceLifecycleStage.ApplicationServices, _ => ReadAsync());
        base.Participate(lifecycle);
    }

    /// <summary>Reads what is new.</summary>
    internal async Task ReadAsync()
    {
        var epoch = epochs.Known.Current;
        var shelves = await collections.ReadShelvesAsync(Stopping).ConfigureAwait(false);
        var before = _shelved;
        // Some artworks of another epoch may be lost; on a new shelf stands what stood elsewhere.
        var shelved = before.Epoch == epoch && before.HasShelves(shelves) ? before with { Shelves = [.. shelves] } : ShelvedArtworks.Nothing with { Epoch = epoch, Shelves = [.. shelves] };
        IReadOnlyList<ImportedArtwork> read;
        do
        {
            read = await collections.ReadImportedAsync(shelved.Last, ArtworksPerRead, Stopping).ConfigureAwait(false);
            shelved = read.Count > 0 ? shelved.With(read, options.LicenceRequired) : shelved;
        }
        while (read.Count == ArtworksPerRead);
        if (options.LookAlikesOnce)
        {
            // Before what is new is served.
            await alike.ReadAsync(shelved.Last, Stopping).ConfigureAwait(false);
        }

        var now = clock.GetUtcNow();
        shelved = ReferenceEquals(shelved.Ids, before.Ids) && before.OpenShelves.SetEquals(shelved.OpenAt(now)) ? shelved : shelved.At(now);
        Volatile.Write(ref _shelved, shelved);
        if (before.OpenShelves.Except(shelved.OpenShelves).Count > 0)
        {
            Interlocked.Increment(ref _closings);
        }
    }

    /// <inheritdoc/>
    protected override Task RunAsync() => RepeatAsync(Interval, clock, ReadAsync, failure => LogFailed(logger, failure));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reading imported artworks failed; this silo serves those that it knows, and retries in a second")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
