using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Listener;

/// <summary>
/// Judges artworks that a session reports and was not served. An artwork in no block of the listener is unserved, unless the client made it from a granted seed. For an
/// artwork that another session was served, that session is asked: it has shown the artwork, or gives it up.
/// </summary>
internal sealed class ClaimJudge(
    string listenerId, IListenerHistory history, IArtworkCatalogue catalogue, IGrainFactory grains)
{
    private const int PageBlocks = 64;

    /// <summary>
    /// The number of last blocks searched for the session that was served an artwork, so that a claim costs the same however long the history is. They hold thousands of
    /// artworks, more than a client keeps undelivered. An artwork of an older block counts as shown.
    /// </summary>
    private const int SearchedBlocksMax = 512;

    /// <summary>Stands for the session of backfilled artworks.</summary>
    private static readonly Guid Backfilled = Guid.Empty;

    /// <summary>Reported artworks, sorted by the listener's set.</summary>
    /// <param name="Owned">In the listener's set: the session that was served them must be found.</param>
    /// <param name="Granted">Made by the client and new, or given back: this session may have them.</param>
    /// <param name="Spent">Never served and not yet in the set: to be written as unserved.</param>
    /// <param name="Guessed">Of <paramref name="Spent"/>, those set aside for this session, which no answer held.</param>
    /// <param name="Unserved">Never served, including <paramref name="Spent"/>.</param>
    /// <param name="Unknown">Ids without an artwork.</param>
    public sealed record Sorted(
        ImmutableArray<long> Owned, ImmutableArray<long> Granted, ImmutableArray<long> Spent, ImmutableArray<long> Guessed,
        ImmutableArray<long> Unserved, ImmutableArray<long> Unknown);

    public async Task<Sorted> SortAsync(ForeignArtworks foreign, ServedArtworks served)
    {
        var artworkIds = foreign.ArtworkIds.Distinct().ToArray();
        ImmutableArray<long> guessed = [.. foreign.Guessed.Where(served.MayGiveBack)];
        var owned = artworkIds.Where(id => served.Contains(id) && !served.IsUnserved(id)).Except(guessed).ToImmutableArray();
        var granted = artworkIds.Where(id => !served.Contains(id) && (served.GivenBack.Contains(id) || foreign.Made.Contains(id))).ToImmutableArray();
        var strange = artworkIds.Where(id => !served.Contains(id)).Except(granted).ToImmutableArray();
        var missing = strange.IsEmpty ? [] : await catalogue.FindMissingAsync(strange, CancellationToken.None);
        ImmutableArray<long> spent = [.. guessed, .. strange.Where(id => !missing.Contains(id))];
        return new Sorted(owned, granted, spent, guessed, [.. spent, .. artworkIds.Where(served.IsUnserved)], [.. missing]);
    }

    /// <summary>Asks the sessions that were served the owned artworks. Each artwork is then this session's, or shown.</summary>
    public async Task<ClaimResult> ClaimAsync(Guid sessionId, Sorted sorted, ServedArtworks served)
    {
        var granted = sorted.Granted.ToBuilder();
        var shown = ImmutableArray.CreateBuilder<long>();
        var unserved = sorted.Unserved.ToBuilder();
        var ownerOf = await FindOwnersAsync(sorted.Owned, served.BlockNumber);
        shown.AddRange(sorted.Owned.Where(id => !ownerOf.ContainsKey(id)));
        foreach (var owned in ownerOf.GroupBy(pair => pair.Value, pair => pair.Key))
        {
            var (kind, owner) = owned.Key;
            if (kind == BlockKind.Unserved)
            {
                // A snapshot of the previous release does not separate these from served artworks.
                unserved.AddRange(owned);
            }
            else if (owner == Backfilled)
            {
                shown.AddRange(owned);
            }
            else if (owner == sessionId)
            {
                // This session's own artworks: another activation of it wrote the block.
                granted.AddRange(owned);
            }
            else
            {
                var ownerGrain = grains.GetGrain<IListenerSessionGrain>(SessionKey.Of(listenerId, owner));
                var ownerShown = await ownerGrain.Disown([.. owned], served.BlockNumber + 1);
                shown.AddRange(ownerShown);
                granted.AddRange(owned.Except(ownerShown));
            }
        }

        return new ClaimResult(
            SessionOutcome.Done, granted.ToImmutable(), shown.ToImmutable(), sorted.Unknown, Unserved: unserved.ToImmutable());
    }

    /// <summary>Kind and session of the last block with each artwork; without the artworks of older blocks.</summary>
    private async Task<Dictionary<long, (BlockKind Kind, Guid Session)>> FindOwnersAsync(ImmutableArray<long> artworkIds, long lastBlockNumber)
    {
        var ownerOf = new Dictionary<long, (BlockKind, Guid)>();
        var sought = artworkIds.ToHashSet();
        for (var (before, searched) = (lastBlockNumber + 1, 0); before > 1 && sought.Count > 0 && searched < SearchedBlocksMax; searched += PageBlocks)
        {
            var page = await history.ReadBlocksBackAsync(listenerId, before, PageBlocks, CancellationToken.None);
            foreach (var block in page)
            {
                foreach (var artworkId in block.ArtworkIds)
                {
                    if (sought.Remove(artworkId))
                    {
                        ownerOf[artworkId] = block.Kind switch
                        {
                            BlockKind.Backfilled => (BlockKind.SetAside, Backfilled),
                            BlockKind.Unserved => (BlockKind.Unserved, Guid.Empty),
                            _ => (BlockKind.SetAside, block.SessionId),
                        };
                    }
                }

                before = block.BlockNumber;
            }

            if (page.Count < PageBlocks)
            {
                break;
            }
        }

        return ownerOf;
    }
}
