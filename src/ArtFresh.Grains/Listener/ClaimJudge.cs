using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Grains.ListenerSession;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Listener;

/// <summary>
/// Judges artworks that a session reports and was not served. An artwork in no block of the listener is unserved, unless the client made it from a granted seed. For an
/// artwork that another session was served, that session is asked: it has shown the artwork, or gives it up.
/// </summary>
internal sealed class ClaimJudge(
    string listenerId, IListenerHistory history, IListenerAliases aliases, IArtworkCatalogue catalogue, EpochList epochs, IGrainFactory grains)
{
    /// <summary>The blocks read first, which hold almost all that clients report late. The others are read at once, because each read is a round trip.</summary>
    private const int FirstBlocks = 64;

    /// <summary>
    /// The number of last blocks searched for the session that was served an artwork, so that a claim costs the same however long the history is. They hold thousands of
    /// artworks, more than a client keeps undelivered. An artwork of an older block counts as shown.
    /// </summary>
    private const int SearchedBlocksMax = 512;

    /// <summary>Stands for the session of backfilled artworks.</summary>
    private static readonly Guid Backfilled = Guid.Empty;

    /// <summary>Who was given an artwork last.</summary>
    /// <param name="Listener">The listener, or a guest who has joined the listener.</param>
    /// <param name="Steps">Joinings from there to the listener.</param>
    /// <param name="IsRemembered">The log has lost who it was.</param>
    private readonly record struct Owner(BlockKind Kind, Guid Session, string Listener, int Steps, bool IsRemembered = false);

    /// <summary>Reported artworks, sorted by the listener's set.</summary>
    /// <param name="Owned">In the listener's set: the session that was served them must be found.</param>
    /// <param name="Granted">Made by the client and new, or given back after an answer had them: this session may have them.</param>
    /// <param name="Spent">Never served and not yet in the set: to be written as unserved.</param>
    /// <param name="Unserved">Never served, including <paramref name="Spent"/>.</param>
    /// <param name="Unknown">Ids without an artwork.</param>
    public sealed record Sorted(
        ImmutableArray<long> Owned, ImmutableArray<long> Granted, ImmutableArray<long> Spent, ImmutableArray<long> Unserved, ImmutableArray<long> Unknown);

    public async Task<Sorted> SortAsync(ForeignArtworks foreign, ServedArtworks served)
    {
        var artworkIds = foreign.ArtworkIds.Distinct().ToArray();
        var owned = artworkIds.Where(id => served.Contains(id) && !served.IsUnserved(id)).ToImmutableArray();
        var granted = artworkIds
            .Where(id => !served.Contains(id) && ((served.GivenBack.Contains(id) && served.WasAnswered(id)) || foreign.Made.Contains(id))).ToImmutableArray();
        var strange = artworkIds.Where(id => !served.Contains(id)).Except(granted).ToImmutableArray();
        // What the set remembers of before a loss may be art that the ledger has lost.
        var asked = epochs.LostSince(SessionKey.OpenedAt(foreign.SessionId)) > 0 ? [.. artworkIds] : strange;
        var missing = asked.IsEmpty ? [] : await catalogue.FindMissingAsync(asked, CancellationToken.None);
        // A session that showed what the ledger has lost names it: the ledger takes its word, up to the last artwork of the copy.
        var floor = LostFloorOf(foreign.SessionId, served);
        var broughtBack = strange.Where(id => id <= floor && !missing.Contains(id)).ToImmutableArray();
        ImmutableArray<long> spent = [.. strange.Where(id => !missing.Contains(id)).Except(broughtBack)];
        return new Sorted([.. owned.Except(missing)], [.. granted.Except(missing), .. broughtBack], spent, [.. spent, .. artworkIds.Where(served.IsUnserved)], [.. missing]);
    }

    /// <summary>Asks the sessions that were served the owned artworks. Each artwork is then this session's, or shown, or unserved.</summary>
    /// <returns>The verdict; and of the unserved artworks those that were set aside for a session and in no answer.</returns>
    public async Task<(ClaimResult Claim, ImmutableArray<long> Withheld)> ClaimAsync(ForeignArtworks foreign, Sorted sorted, ServedArtworks served)
    {
        var granted = sorted.Granted.ToBuilder();
        var shown = ImmutableArray.CreateBuilder<long>();
        var unserved = sorted.Unserved.ToBuilder();
        var withheld = ImmutableArray.CreateBuilder<long>();
        var ownerOf = new Dictionary<long, Owner>();
        await FindOwnersAsync(listenerId, 0, served.BlockNumber + 1, [.. sorted.Owned], 0, ownerOf);
        shown.AddRange(sorted.Owned.Where(id => !ownerOf.ContainsKey(id)));
        foreach (var owned in ownerOf.GroupBy(pair => pair.Value, pair => pair.Key))
        {
            var owner = owned.Key;
            if (owner.Kind == BlockKind.Unserved)
            {
                // A snapshot of the previous release does not separate these from served artworks.
                unserved.AddRange(owned);
            }
            else if (owner.IsRemembered && epochs.LostSince(SessionKey.OpenedAt(foreign.SessionId)) > 0)
            {
                granted.AddRange(owned);
            }
            else if (owner.Session == Backfilled)
            {
                shown.AddRange(owned);
            }
            else
            {
                var given = await AskOwnerAsync(owner, [.. owned], foreign, served);
                shown.AddRange(given.Shown);
                withheld.AddRange(given.Withheld);
                granted.AddRange(owned.Except(given.Shown).Except(given.Withheld));
            }
        }

        // One that a session has claimed since stays the listener's, whoever withholds it.
        ImmutableArray<long> spent = [.. withheld.Where(served.MayGiveBack)];
        shown.AddRange(withheld.Except(spent));
        unserved.AddRange(spent);
        var claim = new ClaimResult(SessionOutcome.Done, granted.ToImmutable(), shown.ToImmutable(), sorted.Unknown, Unserved: unserved.ToImmutable());
        return (claim, spent);
    }

    private async Task<GivenUp> AskOwnerAsync(Owner owner, ImmutableArray<long> owned, ForeignArtworks foreign, ServedArtworks served)
    {
        if (owner.Session == foreign.SessionId)
        {
            // This session's own artworks: guessed, or another activation of it wrote the block.
            return new GivenUp([], [.. owned.Where(foreign.Guessed.Contains)]);
        }

        var session = grains.GetGrain<IListenerSessionGrain>(SessionKey.Of(owner.Listener, owner.Session));
        var given = await OtherSession.GiveUpAsync(session, owned, Blocks.Place(owner.Steps, served.BlockNumber + 1));
        // What this block withholds an earlier one may have served.
        return given with { Withheld = [.. given.Withheld.Where(id => !served.WasAnswered(id))] };
    }

    /// <summary>Up to which artwork a session may have been served what the listener's log has lost; 0 where the log is whole.</summary>
    private long LostFloorOf(Guid sessionId, ServedArtworks served) => epochs.LostFloorSince(SessionKey.OpenedAt(sessionId), served.WholeSince);

    /// <summary>Finds who was given each artwork last; artworks of older blocks are left out. What a guest brought along is found in the guest's log.</summary>
    /// <param name="listener">Whose log.</param>
    /// <param name="steps">Joinings from there to the judge's listener.</param>
    /// <param name="before">The first block that is not searched.</param>
    /// <param name="sought">Artworks without an owner so far; those found are taken out.</param>
    /// <param name="searched">Blocks searched so far.</param>
    /// <param name="ownerOf">Takes the owners.</param>
    /// <returns>Blocks searched.</returns>
    private async Task<int> FindOwnersAsync(string listener, int steps, long before, HashSet<long> sought, int searched, Dictionary<long, Owner> ownerOf)
    {
        while (before > 1 && sought.Count > 0 && searched < SearchedBlocksMax)
        {
            var count = searched == 0 ? FirstBlocks : SearchedBlocksMax - searched;
            var page = await history.ReadBlocksBackAsync(listener, before, count, CancellationToken.None);
            foreach (var block in page)
            {
                searched++;
                var given = block.ArtworkIds.Where(sought.Contains).ToHashSet();
                before = block.BlockNumber;
                sought.ExceptWith(given);
                if (block.IsJoining && given.Count > 0 && steps < Aliases.StepsMax
                    && await aliases.FindGuestAsync(listener, block.BlockNumber, CancellationToken.None) is { } guest)
                {
                    searched = await FindOwnersAsync(guest, steps + 1, long.MaxValue, given, searched, ownerOf);
                    continue;
                }

                foreach (var artworkId in given)
                {
                    ownerOf[artworkId] = block.Kind switch
                    {
                        BlockKind.Backfilled => new Owner(BlockKind.SetAside, Backfilled, listener, steps, EpochRows.IsOne(block.Kind, block.SessionId)),
                        BlockKind.Unserved => new Owner(BlockKind.Unserved, Guid.Empty, listener, steps),
                        _ => new Owner(BlockKind.SetAside, block.SessionId, listener, steps),
                    };
                }
            }

            if (page.Count < count)
            {
                break;
            }
        }

        return searched;
    }
}
