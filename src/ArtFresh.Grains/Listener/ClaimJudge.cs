using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Listener;

/// <summary>
/// Judges artworks that a session reports without having been served them. An artwork that no session of the listener has is granted. For one that another session
/// has, that session answers: it has shown the artwork, or gives it up. The owner is found in the listener's log, which only such reports read.
/// </summary>
internal sealed class ClaimJudge(
    string listenerId, IListenerHistory history, IArtworkCatalogue catalogue, IGrainFactory grains)
{
    /// <summary>Owner of backfilled artworks.</summary>
    private static readonly Guid Backfilled = Guid.Empty;

    public async Task<ClaimResult> JudgeAsync(Guid sessionId, ImmutableArray<long> artworkIds, ServedArtworks served)
    {
        var missing = await catalogue.FindMissingAsync(artworkIds, CancellationToken.None);
        var granted = ImmutableArray.CreateBuilder<long>();
        var shown = ImmutableArray.CreateBuilder<long>();
        granted.AddRange(artworkIds.Where(id => !missing.Contains(id) && !served.Contains(id)));
        var had = artworkIds.Where(served.Contains).ToHashSet();
        if (had.Count > 0)
        {
            foreach (var (owner, owned) in await FindOwnersAsync(had))
            {
                if (owner == Backfilled)
                {
                    shown.AddRange(owned);
                    continue;
                }

                if (owner == sessionId)
                {
                    // The session's own: another activation of it has written meanwhile.
                    granted.AddRange(owned);
                    continue;
                }

                var ownerGrain = grains.GetGrain<IListenerSessionGrain>(SessionKey.Of(listenerId, owner));
                var ownerShown = await ownerGrain.Disown([.. owned], served.BlockNumber + 1);
                shown.AddRange(ownerShown);
                granted.AddRange(owned.Except(ownerShown));
            }
        }

        return new ClaimResult(SessionOutcome.Done, granted.ToImmutable(), shown.ToImmutable(), [.. missing]);
    }

    private async Task<Dictionary<Guid, List<long>>> FindOwnersAsync(HashSet<long> artworkIds)
    {
        var ownerOf = new Dictionary<long, Guid>();
        foreach (var block in await history.ReadBlocksAsync(listenerId, 0, CancellationToken.None))
        {
            foreach (var artworkId in block.ArtworkIds)
            {
                if (block.Kind != BlockKind.TakenBack && artworkIds.Contains(artworkId))
                {
                    ownerOf[artworkId] = block.Kind == BlockKind.Backfilled ? Backfilled : block.SessionId;
                }
            }
        }

        return ownerOf.GroupBy(pair => pair.Value, pair => pair.Key).ToDictionary(group => group.Key, group => group.ToList());
    }
}
