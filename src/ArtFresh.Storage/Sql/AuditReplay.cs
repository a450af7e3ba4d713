using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>
/// Does again what operators did, as the audit has it: what the acts come to is what tables <c>withdrawal</c>, <c>collection_shelf</c> and <c>held_picture</c> must hold. So a row that is gone, changed
/// or added by hand contradicts the audit.
/// </summary>
internal sealed class AuditReplay(LedgerMoment moment, Action<string> broken, CancellationToken cancellationToken)
{
    /// <summary>How far a clock that dates artworks may be from one that dates acts: of an artwork made so close to an act, nobody knows whether the act found it.</summary>
    private const long ClocksApartMsMax = 600_000;

    private readonly record struct Act(long At, string What, string Detail);

    private readonly record struct Withdrawal(bool IsWithdrawn, long ChangedAt, string Reason);

    public async Task CheckAsync()
    {
        await CheckWithdrawalsAsync().ConfigureAwait(false);
        await CheckShelvesAsync().ConfigureAwait(false);
        await CheckHeldAsync().ConfigureAwait(false);
    }

    private async Task<List<Act>> ReadActsAsync(string condition)
    {
        var acts = new List<Act>();
        await moment.EachAsync(
            $"select at, what, detail from operator_audit where {condition} order by audit_id", row => acts.Add(new Act(row.GetInt64(0), row.GetString(1), row.GetString(2))), cancellationToken)
            .ConfigureAwait(false);
        return acts;
    }

    private async Task CheckWithdrawalsAsync()
    {
        var rows = new Dictionary<long, Withdrawal>();
        await moment.EachAsync(
            "select artwork_id, withdrawn, changed_at, reason from withdrawal",
            row => rows.Add(row.GetInt64(0), new Withdrawal(row.GetInt64(1) == 1, row.GetInt64(2), row.GetString(3))), cancellationToken).ConfigureAwait(false);
        var meant = new Dictionary<long, Withdrawal>();
        foreach (var act in await ReadActsAsync("what in ('withdraw', 'undo-withdrawal')").ConfigureAwait(false))
        {
            var isWithdrawn = act.What == "withdraw";
            var (reason, artworks) = await FindArtworksAsync(act.Detail, artworkId => rows.TryGetValue(artworkId, out var row) && row.ChangedAt == act.At).ConfigureAwait(false);
            foreach (var (artworkId, createdAt) in artworks.Where(artwork => artwork.CreatedAt <= act.At + ClocksApartMsMax))
            {
                var isAsItWas = meant.TryGetValue(artworkId, out var before) ? before.IsWithdrawn == isWithdrawn : !isWithdrawn;
                var isSure = createdAt < act.At - ClocksApartMsMax || (rows.TryGetValue(artworkId, out var row) && row.ChangedAt == act.At) || artworks.Count == 1;
                if (!isAsItWas && isSure)
                {
                    meant[artworkId] = new Withdrawal(isWithdrawn, act.At, reason);
                }
            }
        }

        foreach (var (artworkId, row) in rows)
        {
            if (!meant.Remove(artworkId, out var act))
            {
                broken($"a withdrawal, or its undoing, is by nobody: artwork {artworkId}");
            }
            else if (act != row)
            {
                broken($"a withdrawal, or its undoing, is not what the audit says: artwork {artworkId}");
            }
        }

        foreach (var artworkId in meant.Keys)
        {
            broken($"a withdrawal, or its undoing, is in the audit alone: artwork {artworkId}");
        }
    }

    /// <summary>The artworks that an act names, by <c>by value: reason</c>. A value may have a colon: it ends where it names what the act changed, or else where it names artworks at all.</summary>
    private async Task<(string Reason, List<(long ArtworkId, long CreatedAt)> Artworks)> FindArtworksAsync(string detail, Predicate<long> isChanged)
    {
        var found = (detail, new List<(long ArtworkId, long CreatedAt)>());
        var space = detail.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0 || !Enum.TryParse<WithdrawBy>(detail[..space], ignoreCase: true, out var by))
        {
            return found;
        }

        for (var end = detail.IndexOf(": ", space, StringComparison.Ordinal); end >= 0; end = detail.IndexOf(": ", end + 1, StringComparison.Ordinal))
        {
            var artworks = new List<(long ArtworkId, long CreatedAt)>();
            var (condition, value) = SqlWithdrawals.ConditionOf(new WithdrawalWish(by, detail[(space + 1)..end]));
            await moment.EachAsync(
                $"select a.artwork_id, a.created_at from artwork a where {condition}", row => artworks.Add((row.GetInt64(0), row.GetInt64(1))), cancellationToken, value).ConfigureAwait(false);
            var isIt = artworks.Exists(artwork => isChanged(artwork.ArtworkId));
            if (isIt || (artworks.Count > 0 && found.Item2.Count == 0))
            {
                found = (detail[(end + 2)..], artworks);
            }

            if (isIt)
            {
                break;
            }
        }

        return found;
    }

    private async Task CheckShelvesAsync()
    {
        var meant = new Dictionary<string, (string Window, bool IsHeld)>(StringComparer.Ordinal);
        foreach (var act in await ReadActsAsync("what = 'collection'").ConfigureAwait(false))
        {
            var end = act.Detail.LastIndexOf(": ", StringComparison.Ordinal);
            var (name, word) = end < 0 ? (act.Detail, "") : (act.Detail[..end], act.Detail[(end + 2)..]);
            var (window, isHeld) = meant.GetValueOrDefault(name, (CollectionShelf.Always, false));
            meant[name] = word switch
            {
                CollectionShelf.Imported => (window, isHeld),
                CollectionShelf.Held => (window, true),
                CollectionShelf.Open => (window, false),
                _ => (word, isHeld),
            };
        }

        var (last, isLastNamed) = (0L, false);
        await moment.EachAsync(
            "select shelf, collection, from_at, until_at, held from collection_shelf order by shelf",
            row =>
            {
                var shelf = SqlCollections.ReadShelf(row);
                // A shelf for all others comes right after a collection's.
                if (shelf.Number != last + 1 || (shelf.Collection is null && !isLastNamed))
                {
                    broken($"a shelf is out of order: {shelf.Number}");
                }

                (last, isLastNamed) = (shelf.Number, shelf.Collection is not null);
                if (shelf.Collection is null ? (shelf.Window, shelf.IsHeld) != (CollectionShelf.Always, false) : !meant.Remove(shelf.Collection, out var act) || act != (shelf.Window, shelf.IsHeld))
                {
                    broken($"a collection's shelf is not what the audit says: {shelf.Collection ?? shelf.Number.ToString(CultureInfo.InvariantCulture)}");
                }
            },
            cancellationToken).ConfigureAwait(false);
        foreach (var name in meant.Keys)
        {
            broken($"a collection's shelf is in the audit alone: {name}");
        }
    }

    private async Task CheckHeldAsync()
    {
        const string picture = "held picture ";
        var decided = new Dictionary<long, string>();
        foreach (var act in await ReadActsAsync("what in ('approve', 'refuse')").ConfigureAwait(false))
        {
            var end = act.Detail.IndexOf(',', StringComparison.Ordinal);
            if (end > picture.Length && long.TryParse(act.Detail.AsSpan(picture.Length, end - picture.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var heldId))
            {
                decided[heldId] = act.What;
            }
        }

        await moment.EachAsync(
            "select held_id, state from held_picture",
            row =>
            {
                var said = decided.Remove(row.GetInt64(0), out var what) ? what == "approve" ? HeldState.Approved : HeldState.Refused : HeldState.Waiting;
                if ((HeldState)row.GetInt64(1) != said)
                {
                    broken($"a held picture is not in the state that the audit says: {row.GetInt64(0)}");
                }
            },
            cancellationToken).ConfigureAwait(false);
        // One that was approved has become an artwork.
        foreach (var heldId in decided.Where(act => act.Value == "refuse").Select(act => act.Key))
        {
            broken($"a refused picture is in the audit alone: {heldId}");
        }
    }
}
