using ArtFresh.Contracts;
using ArtFresh.Grains.Artworks;
using ArtFresh.Ledger;
using Orleans.Concurrency;

namespace ArtFresh.Grains.Records;

/// <inheritdoc cref="IListenerRecordsGrain"/>
[GrainType("listener-records"), StatelessWorker, Reentrant]
public sealed class ListenerRecordsGrain(
    IListenerRecords records, IListenerAliases aliases, IListenerHistory history, IErasures erasures, IArtworkCatalogue catalogue, WithdrawnArtworks withdrawn,
    TimeProvider clock) : Grain, IListenerRecordsGrain
{
    /// <inheritdoc/>
    public async Task<OwnArtworks?> ReadShown(string listenerId, string? before, int count)
    {
        Check(listenerId, before, count);
        ShownPlace? from = null;
        if (before is not null)
        {
            if (!ShownPlace.TryParse(before, out var place))
            {
                return null;
            }

            from = place;
        }

        var listenerIds = await IdsOfAsync(listenerId);
        var page = new ShownPage(records, listenerIds, count);
        await page.ReadAsync(from, CancellationToken.None);
        var artworkIds = page.Shown.Select(shown => shown.ArtworkId).ToArray();
        var kept = (await records.FindKeptAsync(listenerIds, artworkIds, CancellationToken.None)).ToLookup(one => one.ArtworkId, one => one.KeptAt);
        var artworks = await ReadArtworksAsync(artworkIds);
        return new OwnArtworks(
            [.. page.Shown.Where(shown => artworks.ContainsKey(shown.ArtworkId)).Select(shown => new OwnArtwork(
                artworks[shown.ArtworkId], shown.ShownAt, kept[shown.ArtworkId].Cast<DateTimeOffset?>().Max()))],
            page.Next?.ToString());
    }

    /// <inheritdoc/>
    public async Task<OwnArtworks?> ReadKept(string listenerId, string? before, int count)
    {
        Check(listenerId, before, count);
        KeptArtwork? from = null;
        if (before is not null)
        {
            if (!KeptPlace.TryParse(before, out var place))
            {
                return null;
            }

            from = place;
        }

        var kept = new List<KeptArtwork>();
        var listenerIds = await IdsOfAsync(listenerId);
        foreach (var id in listenerIds)
        {
            kept.AddRange(await records.ReadKeptBackAsync(id, from, count + 1, CancellationToken.None));
        }

        var sorted = kept.OrderByDescending(one => one.KeptAt).ThenByDescending(one => one.ArtworkId).ToArray();
        var page = sorted.Take(count).ToArray();
        long[] artworkIds = [.. page.Select(one => one.ArtworkId)];
        var artworks = await ReadArtworksAsync(artworkIds);
        // Several of a person's ids may keep an artwork: it is listed where it was kept last.
        var last = (await records.FindKeptAsync(listenerIds, artworkIds, CancellationToken.None)).ToLookup(one => one.ArtworkId, one => one.KeptAt);
        return new OwnArtworks(
            [.. page.Where(one => artworks.ContainsKey(one.ArtworkId) && last[one.ArtworkId].All(keptAt => keptAt <= one.KeptAt)).DistinctBy(one => one.ArtworkId)
                .Select(one => new OwnArtwork(artworks[one.ArtworkId], null, one.KeptAt))],
            sorted.Length > count ? KeptPlace.ToText(page[^1]) : null);
    }

    /// <inheritdoc/>
    public async Task<KeepOutcome> Keep(string listenerId, long artworkId)
    {
        CallLimits.CheckListenerId(listenerId);
        ArgumentOutOfRangeException.ThrowIfNegative(artworkId);
        if (!await GrainFactory.GetGrain<IListenerGrain>(listenerId).Has(artworkId))
        {
            return KeepOutcome.NotServed;
        }

        var isKept = await records.KeepAsync(listenerId, new KeptArtwork(artworkId, clock.GetUtcNow()), Limits.KeptArtworksMax, CancellationToken.None);
        return isKept ? KeepOutcome.Kept : await IsErased(listenerId) ? KeepOutcome.NotServed : KeepOutcome.Full;
    }

    /// <inheritdoc/>
    public async Task Unkeep(string listenerId, long artworkId)
    {
        CallLimits.CheckListenerId(listenerId);
        ArgumentOutOfRangeException.ThrowIfNegative(artworkId);
        await records.UnkeepAsync(await IdsOfAsync(listenerId), artworkId, CancellationToken.None);
    }

    /// <inheritdoc/>
    public async Task<bool> Keeps(string listenerId, long artworkId)
    {
        CallLimits.CheckListenerId(listenerId);
        ArgumentOutOfRangeException.ThrowIfNegative(artworkId);
        return (await records.FindKeptAsync(await IdsOfAsync(listenerId), [artworkId], CancellationToken.None)).Count > 0;
    }

    /// <inheritdoc/>
    public async Task<ExportPart> Export(string listenerId, string? place)
    {
        Check(listenerId, place, 1);
        var part = await new ListenerExport(records, history, aliases, await IdsOfAsync(listenerId)).ReadAsync(place, CancellationToken.None)
            ?? throw new ArgumentException("It is no part's place.", nameof(place));
        return new ExportPart([.. part.Lines], part.Next);
    }

    /// <inheritdoc/>
    public async Task<long> AskErasure(string listenerId)
    {
        CallLimits.CheckListenerId(listenerId);
        var now = clock.GetUtcNow();
        var erasure = await erasures.AskAsync(listenerId, now, CancellationToken.None);
        // What they have in memory is served no more. The erasure's worker ends whatever this does not reach.
        foreach (var session in await history.ReadServingSessionsAsync(listenerId, BlockEnding.ServedSince(now), CancellationToken.None))
        {
            GrainFactory.GetGrain<IListenerSessionGrain>(SessionKey.Of(listenerId, session)).Forget().Ignore();
        }

        return erasure;
    }

    /// <inheritdoc/>
    public Task<string?> FindAccount(string listenerId)
    {
        CallLimits.CheckListenerId(listenerId);
        return aliases.FindAccountAsync(listenerId);
    }

    /// <inheritdoc/>
    public Task<bool> IsErased(string listenerId)
    {
        CallLimits.CheckListenerId(listenerId);
        return erasures.IsErasedAsync(listenerId, CancellationToken.None);
    }

    private static void Check(string listenerId, string? before, int count)
    {
        CallLimits.CheckListenerId(listenerId);
        CallLimits.CheckPage(before, count);
    }

    private Task<IReadOnlyList<string>> IdsOfAsync(string listenerId) => PersonIds.ReadAsync(aliases, listenerId, CancellationToken.None);

    /// <summary>What is not withdrawn: a withdrawn artwork stays in the record and the export, and is not shown.</summary>
    private async Task<Dictionary<long, Artwork>> ReadArtworksAsync(IEnumerable<long> artworkIds)
    {
        long[] ids = [.. artworkIds.Where(id => !withdrawn.Contains(id))];
        return ids.Length == 0 ? [] : (await catalogue.ReadArtworksAsync(ids, CancellationToken.None)).ToDictionary(artwork => artwork.ArtworkId);
    }
}
