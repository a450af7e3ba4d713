using System.Collections.Immutable;
using ArtFresh.Api;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Server;

/// <summary>The counts of a backfill so far.</summary>
/// <param name="Rows">Impressions read.</param>
/// <param name="Added">Artworks added to a listener's set.</param>
/// <param name="Known">Impressions of artworks that an earlier row or run backfilled for the same listener.</param>
/// <param name="Unknown">Impressions of artworks that do not exist.</param>
/// <param name="Bad">Rows that are malformed.</param>
public readonly record struct BackfillProgress(long Rows, long Added, long Known, long Unknown, long Bad);

/// <summary>
/// Imports another system's impressions in batches: sets <c>viewed_at</c> of their artworks and adds the artworks to the listeners' sets, as blocks fenced like all others.
/// Idempotent: running it again resumes after a stop. Servers may run meanwhile.
/// </summary>
/// <param name="names">How the rows name artworks.</param>
/// <param name="placeOf">Where a row of a number is, for messages.</param>
/// <param name="report">Counts what is read, and takes what is left out.</param>
/// <param name="run">The run's number; null for a dry run, which writes nothing.</param>
internal sealed class Backfill(
    OpenLedger ledger, BackfillNames names, Func<long, string> placeOf, BackfillReport report, int batchRows, long? run, TimeProvider clock)
{
    private const int FencedTriesMax = 20;

    /// <summary>Batches that one listener's rows may fill before they are committed.</summary>
    private const int ListenerBatchesMax = 10;

    /// <summary>Listeners of whom it is known whether they are erased.</summary>
    private const int ListenersKnownMax = 100_000;

    private readonly BackfillViews _views = new(ledger, names, run);
    private readonly Dictionary<string, bool> _erased = [];
    private bool? _hasErasures;
    private long _rows;
    private long _added;
    private long _known;
    private long _unknown;
    private long _bad;
    private HashSet<long> _undone = [];

    /// <summary>The counts so far.</summary>
    public BackfillProgress Progress => new(_rows, _added, _known, _unknown, _bad);

    /// <summary>Takes a row as it is read, in any order: judges it, and takes its time for the artwork's <c>viewed_at</c>.</summary>
    /// <returns>False for a row that is left out.</returns>
    public async ValueTask<bool> TakeAsync(BackfillRow row, CancellationToken cancellationToken)
    {
        if ((FaultOf(row) ?? await ErasedAsync(row, cancellationToken)) is { } fault)
        {
            LeaveOut(fault);
            return false;
        }

        _views.Note(row);
        if (_views.IsFull)
        {
            await _views.WriteAsync(() => ReadUndoneAsync(cancellationToken), cancellationToken);
        }

        return true;
    }

    /// <summary>Backfills all rows.</summary>
    /// <param name="source">Sorted by listener: all rows of one come in one batch, unless they are very many.</param>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be written; the batches committed so far stay.</exception>
    public async Task RunAsync(BackfillSorted source, CancellationToken cancellationToken)
    {
        await _views.WriteAsync(() => ReadUndoneAsync(cancellationToken), cancellationToken);
        var batch = new List<(long Number, string Listener, string Artwork)>(batchRows);
        foreach (var row in source.Rows())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (batch.Count >= batchRows && (batch[^1].Listener != row.Listener || batch.Count >= batchRows * ListenerBatchesMax))
            {
                await BackfillAsync(batch, cancellationToken);
                batch.Clear();
            }

            report.NoteListener(row.Listener);
            batch.Add(row);
        }

        await BackfillAsync(batch, cancellationToken);
    }

    /// <summary>Counts a row that is left out.</summary>
    public void LeaveOut(LeftOutRow row)
    {
        _rows++;
        _bad++;
        report.LeaveOut(row);
    }

    private LeftOutRow? FaultOf(BackfillRow row)
    {
        return row switch
        {
            { Listener.Length: > Limits.ListenerIdLengthMax } => No("no listener's id", $"a listener's id has at most {Limits.ListenerIdLengthMax} characters"),
            _ when row.Listener.Any(letter => char.IsControl(letter) || letter is '/' or '+') => No("no listener's id", $"'{row.Listener}' is not a listener's id"),
            _ when !ListenerIds.AreOfSignIn(row.Listener) => No("no listener's id", $"no sign-in makes the id '{row.Listener}'; --subjects takes it for the subject of one"),
            _ when row.ViewedAt > clock.GetUtcNow() => No("in the future", $"{row.ViewedAt:O} is in the future"),
            _ => null,
        };

        LeftOutRow No(string kind, string why) => new(placeOf(row.Number), kind, why, row.Listener, row.Artwork);
    }

    /// <summary>The ledger refuses the rows of an erased listener.</summary>
    private async ValueTask<LeftOutRow?> ErasedAsync(BackfillRow row, CancellationToken cancellationToken)
    {
        if (!(_hasErasures ??= await ledger.Backfills.HasErasuresAsync(cancellationToken)))
        {
            return null;
        }

        if (!_erased.TryGetValue(row.Listener, out var isErased))
        {
            if (_erased.Count == ListenersKnownMax)
            {
                _erased.Clear();
            }

            _erased[row.Listener] = isErased = await ledger.Erasures.IsErasedAsync(row.Listener, cancellationToken);
        }

        return isErased ? new LeftOutRow(placeOf(row.Number), "erased listener", "the listener is erased", row.Listener, row.Artwork) : null;
    }

    private async Task BackfillAsync(List<(long Number, string Listener, string Artwork)> batch, CancellationToken cancellationToken)
    {
        var ids = await names.FindAsync(batch.Select(row => row.Artwork), cancellationToken);
        var seen = new Dictionary<string, HashSet<long>>();
        foreach (var (number, listener, artwork) in batch)
        {
            _rows++;
            if (ids[artwork] is { } artworkId)
            {
                var artworks = seen.TryGetValue(listener, out var others) ? others : seen[listener] = [];
                _known += artworks.Add(artworkId) ? 0 : 1;
            }
            else
            {
                _unknown++;
                report.LeaveOutUnknown(placeOf(number), listener, artwork, names.WhyUnknown(artwork));
            }
        }

        if (seen.Count > 0)
        {
            await ReadUndoneAsync(cancellationToken);
            await CommitAsync(seen, cancellationToken);
        }
    }

    /// <exception cref="LedgerUnavailableException">This run is being undone.</exception>
    private async Task ReadUndoneAsync(CancellationToken cancellationToken)
    {
        var runs = await ledger.Backfills.ReadAsync(cancellationToken);
        _undone = [.. runs.Where(other => other.UndoBegunAt is not null).Select(other => other.Number)];
        if (run is { } number && _undone.Contains(number))
        {
            throw new LedgerUnavailableException($"Run {number} is being undone.");
        }
    }

    /// <summary>Commits a batch as one group. Retries the listeners whose next block another writer took meanwhile.</summary>
    private async Task CommitAsync(Dictionary<string, HashSet<long>> seen, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var (blocks, added) = (new List<BlockLogged>(), new Dictionary<string, int>());
            var logs = await ledger.Backfills.ReadLogsAsync(seen.Keys, cancellationToken);
            foreach (var (listener, artworkIds) in seen)
            {
                (var block, added[listener]) = NextBlock(listener, artworkIds, logs[listener]);
                blocks.AddRange(block is null ? [] : [block]);
            }

            var verdicts = run is null || blocks.Count == 0
                ? [.. Enumerable.Repeat(LedgerVerdict.Committed, blocks.Count)]
                : await ledger.Writer.EnterAsync(blocks, cancellationToken);
            var fenced = blocks.Where((_, i) => verdicts[i] == LedgerVerdict.Fenced).ToArray();
            foreach (var (listener, artworkIds) in seen.Where(one => !Array.Exists(fenced, block => block.ListenerId == one.Key)))
            {
                _added += added[listener];
                _known += artworkIds.Count - added[listener];
            }

            if (verdicts.Contains(LedgerVerdict.Unavailable) || (fenced.Length > 0 && tries == FencedTriesMax))
            {
                throw new LedgerUnavailableException(
                    verdicts.Contains(LedgerVerdict.Unavailable) ? "The ledger cannot be written." : $"Other writers took the next block of a listener {FencedTriesMax} times in a row.");
            }

            if (fenced.Length == 0)
            {
                return;
            }

            seen = await WithoutErasedAsync(fenced.ToDictionary(block => block.ListenerId, block => seen[block.ListenerId]), cancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(10 * tries)), clock, cancellationToken);
        }
    }

    /// <summary>The ledger fences off the rows of those who were erased since their rows were read, too.</summary>
    private async Task<Dictionary<string, HashSet<long>>> WithoutErasedAsync(Dictionary<string, HashSet<long>> fenced, CancellationToken cancellationToken)
    {
        foreach (var listener in fenced.Keys.ToArray())
        {
            if (await ledger.Erasures.IsErasedAsync(listener, cancellationToken))
            {
                fenced.Remove(listener);
                _bad++;
                report.LeaveOut(new LeftOutRow("the rest", "erased listener", "the listener is erased", listener));
            }
        }

        return fenced;
    }

    /// <summary>
    /// The listener's next block, with the artworks that the run has not brought yet; null if there are none. What another run has brought is in it too, and stays when that one
    /// is undone.
    /// </summary>
    /// <returns>The block, and how many artworks no run has brought.</returns>
    private (BlockLogged? Block, int Added) NextBlock(string listener, HashSet<long> artworkIds, BackfilledLog log)
    {
        var (own, has) = (new ArtworkSet(), new ArtworkSet());
        foreach (var block in log.Backfilled)
        {
            var of = BackfillRows.RunOf(block.Kind, block.SessionId);
            if (!EpochRows.IsOne(block.Kind, block.SessionId) && !_undone.Contains(of))
            {
                has.UnionWith(block.ArtworkIds.AsSpan());
                if (of == run)
                {
                    own.UnionWith(block.ArtworkIds.AsSpan());
                }
            }
        }

        var rows = artworkIds.Where(id => !own.Contains(id)).Order().ToImmutableArray();
        return (
            rows.IsEmpty ? null : new BlockLogged(listener, log.Last + 1, BlockKind.Backfilled, BackfillRows.Of(run ?? 0), rows, [], clock.GetUtcNow()),
            artworkIds.Count(id => !has.Contains(id)));
    }
}
