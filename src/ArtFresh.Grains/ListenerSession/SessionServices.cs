using ArtFresh.Grains.Artworks;
using ArtFresh.Grains.Catalogue;
using ArtFresh.Grains.Commit;
using ArtFresh.Grains.MoodPool;
using ArtFresh.Grains.Releases;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.ListenerSession;

/// <summary>The services of session grains in one object, so that each of many idle sessions holds one reference.</summary>
public sealed record SessionServices(
    ISessionHistory History,
    IListenerAliases Aliases,
    IArtworkCatalogue Catalogue,
    IErasures Erasures,
    ILedgerEpochs Epochs,
    LedgerWriter Ledger,
    ReleasePolicies Policies,
    ReleaseNames ReleaseNames,
    KnownArtworks Artworks,
    WithdrawnArtworks Withdrawn,
    CatalogueShelves Shelves,
    MoodPoolOptions Pools,
    TimeProvider Clock,
    ILogger<ListenerSessionGrain> Logger);
