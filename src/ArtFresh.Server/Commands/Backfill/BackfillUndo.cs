using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Server;

/// <summary>What an undoing has done so far.</summary>
/// <param name="Listeners">Listeners looked at.</param>
/// <param name="Artworks">Artworks that are fresh again, over all listeners.</param>
/// <param name="Views">Artworks whose <c>viewed_at</c> has changed.</param>
public readonly record struct BackfillUndone(long Run, long Listeners, long Artworks, long Views);

/// <summary>
/// Takes a run of backfill out: a row in each listener's log gives back what only the run had brought, and <c>viewed_at</c> becomes what it is without the run. The log only
/// grows. Each step is found done when it is done again. Servers may run meanwhile.
/// </summary>
internal sealed class BackfillUndo(OpenLedger ledger, BackfillRun run, TimeProvider clock)
{
    private const int ListenersPerPart = 1_000;
    private const int ListenersPerTransaction = 64;
    private const int FencedTriesMax = 20;

    private HashSet<long> _undone = [];
    private long _listeners;
    private long _artworks;
    private long _views;

    /// <summary>The counts so far.</summary>
    public BackfillUndone Progress => new(run.Number, _listeners, _artworks, _views);

    /// <summary>Takes the run out of all logs and artworks.</summary>
    /// <param name="viewProgress">Called with artworks looked at, and artworks in all.</param>
    /// <exception cref="SettingException">Blocks are gone without which nobody can tell what only the run had brought; nothing was written.</exception>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be written; what is done stays done.</exception>
    public async Task RunAsync(Action<long, long> viewProgress, CancellationToken cancellationToken)
    {
        if (await ledger.Backfills.FindObstacleAsync(run, cancellationToken) is { } obstacle)
        {
            throw new SettingException($"{obstacle} It cannot be undone.");
        }

        await NoteUndoneAsync(cancellationToken);
        await EachPartAsync(RefuseDroppedAsync, cancellationToken);
        await ledger.Backfills.BeginUndoAsync(
            run.Number, new OperatorAct(clock.GetUtcNow(), OperatorCommands.Actor, "backfill-undo", null, $"run {run.Number}: {run.Source}"), cancellationToken);
        await NoteUndoneAsync(cancellationToken);
        await EachPartAsync(TakeOutAsync, cancellationToken);
        _views = await ledger.Backfills.UndoViewsAsync(run, viewProgress, cancellationToken);
        await ServedBlocks.EndedAsync(ledger, clock, cancellationToken);
        await ledger.Backfills.EndUndoAsync(run.Number, clock.GetUtcNow(), cancellationToken);
    }

    private async Task NoteUndoneAsync(CancellationToken cancellationToken) =>
        _undone = [.. (await ledger.Backfills.ReadAsync(cancellationToken)).Where(other => other.UndoBegunAt is not null).Select(other => other.Number), run.Number];

    private async Task EachPartAsync(Func<IReadOnlyList<string>, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        for (var last = ""; ;)
        {
            var part = await ledger.Backfills.ReadListenersAsync(run.Number, last, ListenersPerPart, cancellationToken);
            foreach (var some in part.Chunk(ListenersPerTransaction))
            {
                cancellationToken.ThrowIfCancellationRequested();
                await work(some, cancellationToken);
            }

            if (part.Count < ListenersPerPart)
            {
                return;
            }

            last = part[^1];
        }
    }

    private async Task RefuseDroppedAsync(IReadOnlyList<string> listeners, CancellationToken cancellationToken)
    {
        foreach (var listener in listeners)
        {
            await FindAsync(await AccountOfAsync(listener), cancellationToken);
        }
    }

    private async Task TakeOutAsync(IReadOnlyList<string> listeners, CancellationToken cancellationToken)
    {
        var left = new HashSet<string>();
        foreach (var listener in listeners)
        {
            left.Add(await AccountOfAsync(listener));
        }

        for (var tries = 1; left.Count > 0; tries++)
        {
            var rows = new List<BlockLogged>();
            foreach (var listener in left)
            {
                var (artworks, last) = await FindAsync(listener, cancellationToken);
                rows.AddRange(artworks.Count == 0 ? [] : [new BlockLogged(listener, last + 1, BlockKind.Undone, BackfillRows.Of(run.Number), [], [.. artworks.Order()], clock.GetUtcNow())]);
            }

            var verdicts = rows.Count == 0 ? [] : await ledger.Writer.EnterAsync(rows, cancellationToken);
            var fenced = rows.Where((_, i) => verdicts[i] == LedgerVerdict.Fenced).ToArray();
            if (verdicts.Contains(LedgerVerdict.Unavailable) || (fenced.Length > 0 && tries == FencedTriesMax))
            {
                throw new LedgerUnavailableException(
                    fenced.Length == 0 ? "The ledger cannot be written." : $"Other writers took the next block of a listener {FencedTriesMax} times in a row.");
            }

            _artworks += rows.Except(fenced).Sum(row => row.ReturnedIds.Length);
            // Served meanwhile, joined, or erased: looked at again.
            left = [];
            foreach (var row in fenced)
            {
                left.Add(await AccountOfAsync(row.ListenerId));
            }
        }

        _listeners += listeners.Count;
    }

    /// <summary>A guest who has joined has a closed log, and what the guest had is the account's.</summary>
    private async Task<string> AccountOfAsync(string listener) => await ledger.Aliases.FindAccountAsync(listener) ?? listener;

    /// <summary>What a listener, and the guests who have joined them, have only from the run; and the last row of the log.</summary>
    private async Task<(HashSet<long> Artworks, long Last)> FindAsync(string listener, CancellationToken cancellationToken)
    {
        var rows = await ledger.Listeners.ReadBlocksAsync(listener, 0, cancellationToken);
        var last = rows.Count == 0 ? 0 : rows[^1].BlockNumber;
        var artworks = new HashSet<long>();
        if (rows.Any(row => row.Kind == BlockKind.Undone && BackfillRows.RunOf(row.Kind, row.SessionId) == run.Number))
        {
            return (artworks, last);
        }

        var broughtBy = new Dictionary<long, HashSet<long>>();
        foreach (var guest in await ledger.Aliases.ReadGuestsAsync(listener, cancellationToken))
        {
            (broughtBy[guest.BlockNumber], _) = await FindAsync(guest.Guest, cancellationToken);
            artworks.UnionWith(broughtBy[guest.BlockNumber]);
        }

        var own = rows.Where(row => row.Kind == BlockKind.Backfilled && BackfillRows.RunOf(row.Kind, row.SessionId) == run.Number).ToArray();
        artworks.UnionWith(own.SelectMany(row => row.ArtworkIds));
        if (artworks.Count == 0)
        {
            return (artworks, last);
        }

        if (rows[0].BlockNumber > 1)
        {
            artworks.ExceptWith(await ReadDroppedAsync(listener, own.Select(row => row.BlockNumber).Concat(broughtBy.Keys).Min(), cancellationToken));
        }

        foreach (var row in rows.Where(row => row.Kind != BlockKind.Backfilled || !_undone.Contains(BackfillRows.RunOf(row.Kind, row.SessionId))))
        {
            artworks.ExceptWith(row.IsJoining && broughtBy.TryGetValue(row.BlockNumber, out var brought) ? row.ArtworkIds.Where(id => !brought.Contains(id)) : row.ArtworkIds);
        }

        return (await WithoutShownAsync(listener, artworks, cancellationToken), last);
    }

    /// <summary>What a listener had in the rows that are dropped.</summary>
    /// <param name="before">The first row of the run.</param>
    private async Task<IEnumerable<long>> ReadDroppedAsync(string listener, long before, CancellationToken cancellationToken)
    {
        var snapshots = await ledger.Logs.ReadSnapshotsAsync(listener, cancellationToken);
        return snapshots.Where(stored => stored.Snapshot.BlockNumber < before).Select(stored => stored.TryUnpack()).FirstOrDefault(folded => folded is not null) is { } had
            ? had.Served.Concat(had.GivenBack)
            : throw new SettingException(
                $"Blocks from before run {run.Number} are dropped from a listener's log (ArtFresh:Retention:Blocks), and no snapshot tells what the listener had before: the run cannot be undone.");
    }

    /// <summary>Whatever a client has reported since, or the listener keeps, was on a screen: it is not served again.</summary>
    private async Task<HashSet<long>> WithoutShownAsync(string listener, HashSet<long> artworks, CancellationToken cancellationToken)
    {
        if (artworks.Count == 0)
        {
            return artworks;
        }

        foreach (var packed in await ledger.Backfills.ReadReportedAsync(listener, run.StartedAt - TimeSpan.FromDays(1), cancellationToken))
        {
            artworks.ExceptWith(PackedImpressions.Unpack(packed).Select(impression => impression.ArtworkId));
        }

        artworks.ExceptWith((await ledger.Records.FindKeptAsync([listener], [.. artworks], cancellationToken)).Select(kept => kept.ArtworkId));
        return artworks;
    }
}
